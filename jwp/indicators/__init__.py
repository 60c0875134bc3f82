"""What we measure: definitions, readings made of cells by sex, age and place, and their totals."""
