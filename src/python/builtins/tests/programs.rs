//! Whole modules with what Python 3.12 makes of them.

