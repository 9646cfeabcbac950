"""Every family of whole models."""

from . import models_distillation, models_output, models_training

FAMILIES = {**models_output.FAMILIES, **models_training.FAMILIES, **models_distillation.FAMILIES}
