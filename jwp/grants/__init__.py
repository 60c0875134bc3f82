"""What we fund: programmes, calls and applications, funded items, the gender gate, payments, reports, investments."""
