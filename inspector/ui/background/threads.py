"""What every thread that computes needs."""

from __future__ import annotations

STACK_BYTES = 16 << 20  # macOS gives a thread 512 KB, too little for linear algebra
