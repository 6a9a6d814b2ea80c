"""What is remembered from frame to frame: tracks of digits, and readings of lines that hold still.

`tracker` assigns detections to tracks by the motion of the whole sheet. Tracks are confirmed, lost, re-identified and
terminated. `optical_flow` propagates boxes over frames that were not recognised.
"""
