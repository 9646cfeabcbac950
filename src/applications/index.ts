/** keras.applications: image models with trained weights. */
export type { Application, ApplicationOptions } from './define.js';
export type { ConvNeXtOptions } from './convnext-blocks.js';
export { ConvNeXtBase, ConvNeXtLarge, ConvNeXtSmall, ConvNeXtTiny, ConvNeXtXLarge } from './convnext.js';
export { DenseNet121, DenseNet169, DenseNet201 } from './densenet.js';
export type { EfficientNetV2Options } from './efficientnet-v2-blocks.js';
export {
  EfficientNetB0, EfficientNetB1, EfficientNetB2, EfficientNetB3, EfficientNetB4, EfficientNetB5, EfficientNetB6, EfficientNetB7,
} from './efficientnet.js';
export {
  EfficientNetV2B0, EfficientNetV2B1, EfficientNetV2B2, EfficientNetV2B3, EfficientNetV2L, EfficientNetV2M, EfficientNetV2S,
} from './efficientnet-v2.js';
export { InceptionResNetV2 } from './inception-resnet-v2.js';
export { InceptionV3 } from './inception-v3.js';
export { MobileNet, type MobileNetOptions } from './mobilenet.js';
export { MobileNetV2 } from './mobilenet-v2.js';
export { MobileNetV3Large, MobileNetV3Small, type MobileNetV3Options } from './mobilenet-v3.js';
export { NASNetLarge, NASNetMobile } from './nasnet.js';
export { ResNet101, ResNet152, ResNet50 } from './resnet.js';
export { ResNet101V2, ResNet152V2, ResNet50V2 } from './resnet-v2.js';
export { VGG16 } from './vgg16.js';
export { VGG19 } from './vgg19.js';
export { Xception } from './xception.js';

export * as convnext from './convnext.js';
export * as densenet from './densenet.js';
export * as efficientnet from './efficientnet.js';
export * as efficientnet_v2 from './efficientnet-v2.js';
export * as imagenet_utils from './imagenet-utils.js';
export * as inception_resnet_v2 from './inception-resnet-v2.js';
export * as inception_v3 from './inception-v3.js';
export * as mobilenet from './mobilenet.js';
export * as mobilenet_v2 from './mobilenet-v2.js';
export * as mobilenet_v3 from './mobilenet-v3-module.js';
export * as nasnet from './nasnet.js';
export * as resnet from './resnet.js';
export * as resnet50 from './resnet50.js';
export * as resnet_v2 from './resnet-v2.js';
export * as vgg16 from './vgg16.js';
export * as vgg19 from './vgg19.js';
export * as xception from './xception.js';
