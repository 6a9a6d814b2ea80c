"""The browser's way in: the same recogniser, tracker and layout behind a page and a small HTTP API."""
