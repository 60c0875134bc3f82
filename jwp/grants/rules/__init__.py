"""The rules of what we fund. Pure: no Django, no clock; today is an argument."""
