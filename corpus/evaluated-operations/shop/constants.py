NAME_LENGTH = 60
STATES = (("open", "Open"), ("paid", "Paid"))
DEFAULTS = {"price": 0, **{"weight": 1}}
PREFIX = "shop"
