"""Every family of layers."""

from . import layers_attention, layers_convolutional, layers_core, layers_other, layers_preprocessing, layers_recurrent

FAMILIES = {
    **layers_core.FAMILIES,
    **layers_attention.FAMILIES,
    **layers_convolutional.FAMILIES,
    **layers_recurrent.FAMILIES,
    **layers_other.FAMILIES,
    **layers_preprocessing.FAMILIES,
}
