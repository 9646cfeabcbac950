#!/usr/bin/env bash
# Makes a folder in which the tfjs-layers peer runs: @tensorflow/tfjs-node 4.22.0, with its binding compiled, as it
# is, against the libtensorflow that `keras-node setup` has fetched. (Its own install script fetches libtensorflow
# 2.9.1, from an address that no longer answers.)
#
#   bench/peers/setup-tfjs.sh FOLDER [FOLDER-OF-TENSORFLOW]
set -euo pipefail
folder=${1:?usage: bench/peers/setup-tfjs.sh FOLDER [FOLDER-OF-TENSORFLOW]}
cache=${KERAS_NODE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/keras-node}
tensorflow=$(realpath "${2:-$cache/libtensorflow-2.21.0-cpu/tensorflow}")

mkdir -p "$folder"
cd "$folder"
[ -e package.json ] || echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node@4.22.0 node-api-headers@1.9.0

package=node_modules/@tensorflow/tfjs-node
mkdir -p $package/lib/napi-v8
${CXX:-g++} -std=c++17 -O2 -fPIC -shared \
  -Inode_modules/node-api-headers/include -I$package/binding -I"$tensorflow/include" \
  $package/binding/tfjs_backend.cc $package/binding/tfjs_binding.cc -o $package/lib/napi-v8/tfjs_binding.node \
  -L"$tensorflow" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,"$tensorflow"

TF_CPP_MIN_LOG_LEVEL=3 node -e "
  const tf = require('@tensorflow/tfjs-node');
  console.log('tfjs-node', tf.version['tfjs-node'], 'on libtensorflow', tf.backend().binding.TF_Version);
" 2> /dev/null
