"""Every family of whole models."""

from . import models_output, models_training

FAMILIES = {**models_output.FAMILIES, **models_training.FAMILIES}
