from .common import *
from .common import with_contrib

INSTALLED_APPS = with_contrib("shop", "metrics_that_are_not_here")
