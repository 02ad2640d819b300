import os

# Before TensorFlow is imported anywhere: quiet, and no telemetry from sessions that tests open.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KEDRO_DISABLE_TELEMETRY"] = "true"
