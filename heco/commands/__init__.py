"""The commands of ``heco``, one module each, imported when they are asked for and not before."""
