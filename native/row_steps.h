// The instructions of programs of rows. Included by row_loop.h as row_math.h is, behind it.

struct RowSteps {
  using S = Simd;
  using V = S::V;
  static constexpr int L = S::L;

  /** Rows that a product takes at once: as many as their sums have registers for. */
  static constexpr int kRows = L == 16 ? 8 : 4;

  /** An operand of an elementwise function: its rows, or their first numbers as many. */
  struct Operand {
    const float* row;
    int stride;
    bool is_splat;
    float wide[L];

    KERAS_NODE_INLINE Operand(const RowTile& tile, int32_t number, bool is_splat_)
        : row(tile.At(tile.run.plan.values[number])), stride(tile.run.plan.values[number].stride), is_splat(is_splat_) {}

    /** Where its vectors are, and how far apart. */
    KERAS_NODE_INLINE const float* Begin() {
      if (!is_splat) return row;
      S::Store(wide, V{} + *row);
      return wide;
    }
  };

  template <typename F>
  static KERAS_NODE_INLINE void Map(const RowTile& tile, const RowInstruction& i, F f) {
    const RowValue& to = tile.run.plan.values[i.to];
    Operand a(tile, i.a, i.splat & 1), b(tile, i.b, i.splat & 2), c(tile, i.c, i.splat & 4);
    const int by_a = a.is_splat ? 0 : L, by_b = b.is_splat ? 0 : L, by_c = c.is_splat ? 0 : L;
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++, out += to.stride, a.row += a.stride, b.row += b.stride, c.row += c.stride) {
      const float *x = a.Begin(), *y = b.Begin(), *z = c.Begin();
      for (int at = 0; at < to.width; at += L, x += by_a, y += by_b, z += by_c)
        S::Store(out + at, f(S::Load(x), S::Load(y), S::Load(z)));
    }
  }

  /** A function of a whole row: from, its width, and where to. */
  template <typename F>
  static KERAS_NODE_INLINE void MapRows(const RowTile& tile, const RowInstruction& i, F f) {
    const RowValue &to = tile.run.plan.values[i.to], &a = tile.run.plan.values[i.a];
    const float* x = tile.At(a);
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++, x += a.stride, out += to.stride) f(x, a.width, out);
  }

  /** R rows at a time with P panels, from row `r` on; gives the first row that is left. */
  template <int R, int P>
  static KERAS_NODE_INLINE int Rows(int r, int rows, const float* x, int x_stride, const float* panels, int depth, float* out,
                                    int out_stride) {
    for (; r + R <= rows; r += R)
      S::Product<R, P>(x + r * x_stride, x_stride, panels, depth, out + r * out_stride, out_stride);
    return r;
  }

  static KERAS_NODE_INLINE void Matmul(const RowTile& tile, const RowInstruction& i) {
    const RowPlan& plan = tile.run.plan;
    const RowValue &to = plan.values[i.to], &a = plan.values[i.a];
    const RowMatrix& matrix = plan.matrices[i.b];
    const PackedMatrix& packed = *tile.run.packed[i.b];
    const float* panels = packed.all.data() + tile.first / plan.sizes[0].group * packed.by_group;
    const float* x = tile.At(a);
    float* out = tile.At(to);
    int column = 0;
    // Few rows leave registers for several panels.
    if (tile.rows < kRows) {
      for (; column + 4 * S::kPanel <= matrix.width; column += 4 * S::kPanel, panels += 4 * S::kPanel * int64_t{matrix.depth})
        Rows<1, 4>(0, tile.rows, x, a.stride, panels, matrix.depth, out + column, to.stride);
    }
    // A panel stays in the nearest memory while all rows are multiplied with it.
    for (; column < matrix.width; column += S::kPanel, panels += S::kPanel * int64_t{matrix.depth}) {
      int r = Rows<kRows, 1>(0, tile.rows, x, a.stride, panels, matrix.depth, out + column, to.stride);
      r = Rows<2, 1>(r, tile.rows, x, a.stride, panels, matrix.depth, out + column, to.stride);
      Rows<1, 1>(r, tile.rows, x, a.stride, panels, matrix.depth, out + column, to.stride);
    }
  }

  static KERAS_NODE_INLINE void Copy(const RowTile& tile, const RowValue& from, const RowValue& to) {
    const float* x = tile.At(from);
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++, x += from.stride, out += to.stride)
      memcpy(out, x, to.width * sizeof(float));
  }

  static KERAS_NODE_INLINE void Step(const RowTile& tile) {
    for (const RowInstruction& i : tile.run.plan.program) {
      const V zero = {};
      switch (i.op) {
        case RowOp::kMatmul: Matmul(tile, i); break;
        case RowOp::kCopy: Copy(tile, tile.run.plan.values[i.a], tile.run.plan.values[i.to]); break;
        case RowOp::kWiden:
          MapRows(tile, i, [&](const float* x, int, float* out) KERAS_NODE_WITHIN { std::fill_n(out, tile.run.plan.values[i.to].width, *x); });
          break;
        case RowOp::kSum: MapRows(tile, i, [](const float* x, int n, float* out) KERAS_NODE_WITHIN { *out = S::SumOf(x, n); }); break;
        case RowOp::kMost: MapRows(tile, i, [](const float* x, int n, float* out) KERAS_NODE_WITHIN { *out = S::MostOf(x, n); }); break;
        case RowOp::kSoftmax:
          MapRows(tile, i, [&](const float* x, int, float* out) KERAS_NODE_WITHIN { S::Softmax(x, tile.run.plan.values[i.to].width, out); });
          break;
        case RowOp::kSelect: Map(tile, i, [=](V x, V y, V z) KERAS_NODE_WITHIN { return x != zero ? y : z; }); break;
        case RowOp::kAdd: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x + y; }); break;
        case RowOp::kSubtract: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x - y; }); break;
        case RowOp::kMultiply: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x * y; }); break;
        case RowOp::kDivide: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x / y; }); break;
        case RowOp::kMaximum: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return S::Max(x, y); }); break;
        case RowOp::kMinimum: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return S::Min(x, y); }); break;
        case RowOp::kSquaredDifference: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return (x - y) * (x - y); }); break;
        case RowOp::kNegative: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return -x; }); break;
        case RowOp::kSquare: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return x * x; }); break;
        case RowOp::kSqrt: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return S::Sqrt(x); }); break;
        case RowOp::kRsqrt: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return 1.0f / S::Sqrt(x); }); break;
        case RowOp::kExp: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return S::FullExp(x); }); break;
        case RowOp::kRelu: Map(tile, i, [=](V x, V, V) KERAS_NODE_WITHIN { return x < zero ? zero : x; }); break;
        case RowOp::kSigmoid: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return S::Sigmoid(x); }); break;
        case RowOp::kTanh: Map(tile, i, [](V x, V, V) KERAS_NODE_WITHIN { return S::Tanh(x); }); break;
        case RowOp::kReluGrad: Map(tile, i, [=](V x, V y, V) KERAS_NODE_WITHIN { return x * (y > zero ? zero + 1.0f : zero); }); break;
        case RowOp::kSigmoidGrad: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x * y * (1.0f - y); }); break;
        case RowOp::kTanhGrad: Map(tile, i, [](V x, V y, V) KERAS_NODE_WITHIN { return x * (1.0f - y * y); }); break;
      }
    }
  }

  /** Calls `use` for each row of the tile: its number here, and where it lies in a tensor. */
  template <typename F>
  static KERAS_NODE_INLINE void EachRow(const RowTile& tile, const RowStrides& rows, F use) {
    int inner = tile.first % rows.inner, middle = tile.first / rows.inner % rows.middle;
    for (int r = 0; r < tile.rows; r++) {
      const int64_t outer = (tile.first + r) / rows.inner / rows.middle;
      use(r, int64_t{inner} * rows.by_inner + int64_t{middle} * rows.by_middle + outer * rows.by_outer);
      if (++inner < rows.inner) continue;
      inner = 0;
      if (++middle == rows.middle) middle = 0;
    }
  }

  /** Rows of a tensor into a register. */
  static KERAS_NODE_INLINE void Read(const RowTile& tile, const float* tensor, const RowStrides& rows, const RowValue& to) {
    float* out = tile.At(to);
    EachRow(tile, rows, [&](int r, int64_t at) KERAS_NODE_WITHIN { memcpy(out + r * to.stride, tensor + at, to.width * sizeof(float)); });
  }

  static KERAS_NODE_INLINE void Write(const RowTile& tile, const RowValue& from, const RowStrides& rows, float* tensor) {
    const float* x = tile.At(from);
    EachRow(tile, rows, [&](int r, int64_t at) KERAS_NODE_WITHIN { memcpy(tensor + at, x + r * from.stride, from.width * sizeof(float)); });
  }

  static KERAS_NODE_INLINE void All(const RowTile& tile) {
    const RowPlan& plan = tile.run.plan;
    const RowSizes& sizes = plan.sizes[0];
    const std::vector<RowValue>& values = plan.values;
    for (size_t i = 0; i < plan.inputs.size(); i++) {
      const RowBinding& input = plan.inputs[i];
      if (input.kind == RowInput::kRows) Read(tile, tile.run.inputs[i], input.rows, values[input.to]);
    }
    for (int n = 0; n < sizes.length; n++) {
      const int64_t step = sizes.is_reverse ? sizes.length - 1 - n : n;
      for (size_t i = 0; i < plan.inputs.size(); i++) {
        const RowBinding& input = plan.inputs[i];
        if (input.kind == RowInput::kSequence)
          Read(tile, tile.run.inputs[i] + step * input.by_step, input.rows, values[input.to]);
      }
      Step(tile);
      for (size_t i = 0; i < plan.results.size(); i++) {
        const RowResult& result = plan.results[i];
        if (result.is_stacked) Write(tile, values[result.from], result.rows, tile.run.results[i] + step * result.by_step);
      }
      for (const RowMove& move : plan.carries) Copy(tile, values[move.from], values[move.to]);
    }
    for (size_t i = 0; i < plan.results.size(); i++) {
      const RowResult& result = plan.results[i];
      if (!result.is_stacked) Write(tile, values[result.from], result.rows, tile.run.results[i]);
    }
  }
};

/** All steps of some rows. */
KERAS_NODE_TARGET inline void Steps(const RowTile& tile) { RowSteps::All(tile); }
