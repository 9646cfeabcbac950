// What programs of rows compute with: products of small matrices and functions of numbers, on vectors of KERAS_NODE_LANES
// floats. Included by row_loop.h once for each kind of processor, with KERAS_NODE_TARGET naming it: a compiler takes vectors
// apart that the function which they stand in has no instructions for, also where that is inlined into one that has.

struct Simd {
  static constexpr int L = KERAS_NODE_LANES;
  typedef float V __attribute__((vector_size(L * sizeof(float))));
  typedef int32_t I __attribute__((vector_size(L * sizeof(float))));
  /** Floats that a packed matrix has side by side. */
  static constexpr int kPanel = 2 * L;

  static KERAS_NODE_INLINE V Load(const float* from) {
    V v;
    memcpy(&v, from, sizeof(v));
    return v;
  }
  static KERAS_NODE_INLINE void Store(float* to, V v) { memcpy(to, &v, sizeof(v)); }

  /** What is no number comes through, of either. */
  static KERAS_NODE_INLINE V Min(V a, V b) { return a != a ? a : b >= a ? a : b; }
  static KERAS_NODE_INLINE V Max(V a, V b) { return a != a ? a : b <= a ? a : b; }

  /** e^x of -87 to 88, and of what is beyond as of these ends. */
  static KERAS_NODE_INLINE V Exp(V x) { return Power(x, 88.0f, I{}); }

  /** e^x of all x: of what is too large infinity, and 0 of what is too small. */
  static KERAS_NODE_INLINE V FullExp(V x) {
    const V zero = {}, one = zero + 1.0f;
    // The largest have no room for their exponent before they are doubled.
    const V half = Power(x, 89.0f, x > zero);
    return x != x ? x : x < zero - 87.0f ? zero : half * (x > zero ? one + one : one);
  }

  static KERAS_NODE_INLINE V Sqrt(V x) {
    float roots[L];
    Store(roots, x);
    for (int i = 0; i < L; i++) roots[i] = __builtin_sqrtf(roots[i]);
    return Load(roots);
  }

  /** What `f` makes of all numbers of a row two by two, beginning with `first`, which changes nothing. */
  template <typename F>
  static KERAS_NODE_INLINE float Reduce(const float* row, int width, float first, F f) {
    const V start = V{} + first;
    V parts[4] = {start, start, start, start};
    int at = 0;
    for (; at + 4 * L <= width; at += 4 * L) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) parts[i] = f(parts[i], Load(row + at + i * L));
    }
    for (; at + L <= width; at += L) parts[0] = f(parts[0], Load(row + at));
    if (at < width) {
      V rest = start;
      memcpy(&rest, row + at, (width - at) * sizeof(float));
      parts[1] = f(parts[1], rest);
    }
    float all[2 * L] = {};
    Store(all, f(f(parts[0], parts[1]), f(parts[2], parts[3])));
    for (int half = L / 2; half > 0; half /= 2) Store(all, f(Load(all), Load(all + half)));
    return all[0];
  }

  static KERAS_NODE_INLINE float SumOf(const float* row, int width) {
    return Reduce(row, width, 0.0f, [](V a, V b) KERAS_NODE_WITHIN { return a + b; });
  }

  /** A number that is none comes through. */
  static KERAS_NODE_INLINE float MostOf(const float* row, int width) {
    return Reduce(row, width, -__builtin_inff(), [](V a, V b) KERAS_NODE_WITHIN { return a != a ? a : a > b ? a : b; });
  }

  static KERAS_NODE_INLINE void Softmax(const float* row, int width, float* to) {
    const V most = V{} + MostOf(row, width);
    for (int at = 0; at < width; at += L) Store(to + at, FullExp(Load(row + at) - most));
    const V share = V{} + 1.0f / SumOf(to, width);
    for (int at = 0; at < width; at += L) Store(to + at, Load(to + at) * share);
  }

  /** 2^n of the n next to x / log(2), times a polynomial of the rest; `more` is added to n. From -87 to `most`. */
  static KERAS_NODE_INLINE V Power(V x, float most, I more) {
    const V zero = {};
    x = x < zero - 87.0f ? zero - 87.0f : x;
    x = x > zero + most ? zero + most : x;
    constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: what is added to it loses its fraction
    const V shifted = x * 1.44269504f + kRound;
    const V n = shifted - kRound;
    // log(2) in two parts, of which the first has few bits, so that its product is exact.
    const V r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    V p = r * (1.0f / 5040) + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    // n stands in the last bits of what was shifted; in p it is added to the exponent.
    I power, bits;
    memcpy(&power, &shifted, sizeof(power));
    memcpy(&bits, &p, sizeof(bits));
    bits += (power + more) << 23;
    memcpy(&p, &bits, sizeof(p));
    return p;
  }

  static KERAS_NODE_INLINE V Sigmoid(V x) { return 1.0f / (1.0f + Exp(-x)); }

  /** By e^2x, which is inexact near 0: there by the series, whose last terms are fitted to |x| < 0.55. */
  static KERAS_NODE_INLINE V Tanh(V x) {
    const V zero = {};
    const V size = x < zero ? -x : x;
    const V far = 1.0f - 2.0f / (Exp(size + size) + 1.0f);
    const V s = x * x;
    V p = s * -0.00619873f + 0.02102056f;
    p = p * s - 0.05384052f;
    p = p * s + 0.13332481f;
    p = p * s - 0.33333315f;
    const V near = x + x * s * p;
    return size < zero + 0.55f ? near : x < zero ? -far : far;
  }

  /**
   * Products of R rows with P panels of a packed matrix. All sums are in registers while the rows and panels are run through.
   */
  template <int R, int P>
  static KERAS_NODE_INLINE void Product(const float* x, int64_t x_stride, const float* panels, int depth, float* to,
                                        int64_t to_stride) {
    V sums[R][P * 2] = {};
    const int64_t panel = static_cast<int64_t>(depth) * kPanel;
    for (int k = 0; k < depth; k++) {
      V w[P * 2];
#pragma GCC unroll 8
      for (int p = 0; p < P * 2; p++) w[p] = Load(panels + (p / 2) * panel + k * kPanel + (p % 2) * L);
#pragma GCC unroll 8
      for (int r = 0; r < R; r++) {
        const float value = x[r * x_stride + k];
#pragma GCC unroll 8
        for (int p = 0; p < P * 2; p++) sums[r][p] += w[p] * value;
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
      for (int p = 0; p < P * 2; p++) Store(to + r * to_stride + p * L, sums[r][p]);
    }
  }
};
