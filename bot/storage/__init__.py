"""Storage: plain SQL, each query once, behind one small seam."""
