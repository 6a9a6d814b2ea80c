"""The loop that everybody calls: a frame of a source goes in, one result comes out.

`pipeline` reads every frame or the newest one, `worker` recognises in a process beside, `result` is what comes out.
"""
