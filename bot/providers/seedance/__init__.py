"""Seedance in the REST shape that guides print: text-to-video, image-to-video with `references`, jobs to poll."""
