"""What turns ink into digits."""
