/**
 * The Python wheels that hold libtensorflow, pinned by version and sha256.
 *
 * The versions of the CUDA parts are the newest within the ranges in the metadata of
 * `tensorflow[and-cuda]==2.21.0` (CUDA 12.9, cuDNN 9). They are pinned so that every machine gets the same
 * files. Sizes serve the progress bar and the check of free room; what is fetched is verified by sha256.
 */
import { TENSORFLOW_VERSION, type RuntimeKind } from './paths.js';

/** One wheel: how to ask pip for it, and how to know that it is the right one. */
export interface Wheel {
  /** Name in the package index. */
  name: string;
  version: string;
  /** File name of the wheel. */
  file: string;
  /** The platform tag to ask pip for. */
  platform: string;
  /** Size of the wheel in bytes, rounded. */
  size: number;
  sha256: string;
}

/** What makes up one runtime. */
export interface WheelSet {
  wheels: readonly Wheel[];
  /** Bytes of what is unpacked, rounded up. */
  unpackedSize: number;
  /** Files without which the runtime cannot work, relative to the folder of libtensorflow. */
  required: readonly string[];
}

/** The wheel of a library built for this Python ABI; which Python the user has does not matter. */
const ABI = 'cp311-cp311';
const MB = 1e6;

const CORE_FILES = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/include/tensorflow/c/eager/c_api.h',
];

/** Libraries that the CUDA build loads by name, and the folder of the part that has each. */
export const CUDA_LIBRARIES = {
  'libcudart.so.12': 'cuda_runtime',
  'libcublas.so.12': 'cublas',
  'libcublasLt.so.12': 'cublas',
  'libcudnn.so.9': 'cudnn',
  'libcufft.so.11': 'cufft',
  'libcurand.so.10': 'curand',
  'libcusolver.so.11': 'cusolver',
  'libcusparse.so.12': 'cusparse',
  'libnccl.so.2': 'nccl',
  'libcupti.so.12': 'cuda_cupti',
  'libnvrtc.so.12': 'cuda_nvrtc',
  'libnvJitLink.so.12': 'nvjitlink',
} as const satisfies Record<string, string>;

/** Part with `ptxas` and `libdevice`, which XLA needs on a GPU. */
export const CUDA_COMPILER_FOLDER = 'nvidia/cuda_nvcc';
const CUDA_COMPILER_FILES = ['bin/ptxas', 'nvvm/libdevice/libdevice.10.bc'];

function tensorflow(name: string, platform: string, size: number, sha256: string): Wheel {
  const file = `${name.replace('-', '_')}-${TENSORFLOW_VERSION}-${ABI}-${platform}.whl`;
  return { name, version: TENSORFLOW_VERSION, file, platform, size, sha256 };
}

function nvidia(part: string, version: string, platform: string, megabytes: number, sha256: string): Wheel {
  const name = `nvidia-${part}-cu12`;
  const file = `${name.replaceAll('-', '_')}-${version}-py3-none-${platform}.whl`;
  // Some wheels carry two tags, the old and the new spelling of one platform; pip takes either.
  return { name, version, file, platform: platform.split('.')[0], size: megabytes * MB, sha256 };
}

const MANYLINUX_2010 = 'manylinux2010_x86_64.manylinux_2_12_x86_64';
const MANYLINUX_2014 = 'manylinux2014_x86_64.manylinux_2_17_x86_64';
const MANYLINUX_2_25 = 'manylinux_2_25_x86_64';
const MANYLINUX_2_27 = 'manylinux_2_27_x86_64';

const CPU_X64: WheelSet = {
  wheels: [
    tensorflow(
      'tensorflow-cpu',
      MANYLINUX_2_27,
      273_829_956,
      '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    ),
  ],
  unpackedSize: 870 * MB,
  required: CORE_FILES,
};

/** On arm64 the wheel called `tensorflow` is the build without CUDA. */
const CPU_ARM64: WheelSet = {
  wheels: [
    tensorflow(
      'tensorflow',
      'manylinux_2_27_aarch64',
      281_828_020,
      '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    ),
  ],
  unpackedSize: 900 * MB,
  required: CORE_FILES,
};

const GPU_X64: WheelSet = {
  wheels: [
    tensorflow(
      'tensorflow',
      MANYLINUX_2_27,
      572.4 * MB,
      '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    ),
    nvidia('cublas', '12.9.3.13', MANYLINUX_2_27, 581.2,
      'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
    nvidia('cuda-cupti', '12.9.79', MANYLINUX_2_25, 10.8,
      '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f'),
    nvidia('cuda-nvcc', '12.9.86', MANYLINUX_2010, 40.5,
      '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
    nvidia('cuda-nvrtc', '12.9.86', MANYLINUX_2010, 89.6,
      '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
    nvidia('cuda-runtime', '12.9.79', MANYLINUX_2014, 3.5,
      '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
    nvidia('cudnn', '9.28.0.42', MANYLINUX_2_27, 716.5,
      '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
    nvidia('cufft', '11.4.1.4', MANYLINUX_2014, 200.9,
      'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
    nvidia('curand', '10.3.10.19', MANYLINUX_2_27, 68.3,
      '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
    nvidia('cusolver', '11.7.5.82', MANYLINUX_2_27, 338.1,
      '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
    nvidia('cusparse', '12.5.10.65', MANYLINUX_2014, 366.5,
      '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
    nvidia('nccl', '2.32.3', MANYLINUX_2_27, 351.5,
      'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
    nvidia('nvjitlink', '12.9.86', MANYLINUX_2010, 39.7,
      'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
  ],
  // 1.7 GB of TensorFlow and 5.3 GB of CUDA libraries, with a margin.
  unpackedSize: 7500 * MB,
  required: [
    ...CORE_FILES,
    ...Object.entries(CUDA_LIBRARIES).map(([library, part]) => `nvidia/${part}/lib/${library}`),
    ...CUDA_COMPILER_FILES.map((file) => `${CUDA_COMPILER_FOLDER}/${file}`),
  ],
};

const WHEEL_SETS: Partial<Record<string, WheelSet>> = {
  'x64 cpu': CPU_X64,
  'x64 gpu': GPU_X64,
  'arm64 cpu': CPU_ARM64,
};

/** The wheels of a runtime for a processor (`process.arch`), or `undefined` where TensorFlow has none. */
export function wheelSet(kind: RuntimeKind, arch: string = process.arch): WheelSet | undefined {
  return WHEEL_SETS[`${arch} ${kind}`];
}

const WANTED: readonly RegExp[] = [
  // The two libraries, and any that a later build puts beside them.
  /^tensorflow\/[^/]+\.so(\.\d+)*$/,
  // The C API and the headers that it includes.
  /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|xla\/tsl|tsl)\/.+\.h$/,
  // Licences must travel with the libraries.
  /^tensorflow\/THIRD_PARTY_NOTICES\.txt$/,
  /^[^/]+\.dist-info\/(licenses\/.+|LICENSE[^/]*|METADATA)$/i,
  /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/,
  /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+)$/,
];

/** Whether a file of a wheel belongs in the cache; the rest (Python code, other headers) is left out. */
export function isWanted(path: string): boolean {
  return WANTED.some((pattern) => pattern.test(path));
}
