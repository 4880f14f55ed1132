"""The bell: rings the flows while the daemon runs. Only this package imports apscheduler."""
