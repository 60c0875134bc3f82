"""What women and men can reach from home, on foot and by public transport, with the care they give on the way."""
