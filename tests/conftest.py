"""What holds for all tests."""

import signal

# A shell without job control starts what runs in the background with Ctrl-C ignored, and every
# program started from there inherits it: then no test could press Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
