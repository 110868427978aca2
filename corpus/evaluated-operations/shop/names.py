from .constants import *
from .constants import NAME_LENGTH as LENGTH

TABLE = f"{PREFIX}_archive"
