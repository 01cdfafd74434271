"""What holds for all tests."""

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background jobs are born without it
    signal.signal(signal.SIGINT, signal.default_int_handler)
