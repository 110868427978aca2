"""Constants that should have lain elsewhere, or bear a name that begins with an underscore."""

COLOURS = ["red", "green"]
