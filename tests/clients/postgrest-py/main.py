"""Every method of postgrest, file by file, with the client that the first argument names (`async` or
`sync`); then, whether it was every method."""

import sys
import unittest

import coverage
import desk

coverage.watch(desk.KIND)

import client  # noqa: E402  (what these files call must be watched)
import errors  # noqa: E402
import filters  # noqa: E402
import functions  # noqa: E402
import modifiers  # noqa: E402
import reads  # noqa: E402
import writes  # noqa: E402

FILES = [client, reads, filters, modifiers, writes, functions, errors, coverage]

loader = unittest.TestLoader()
suite = unittest.TestSuite(loader.loadTestsFromModule(file) for file in FILES)
result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
