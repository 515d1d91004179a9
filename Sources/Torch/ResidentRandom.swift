import Foundation

// The numbers of a random stream, computed by tensor operators where the rows' names lie: on a GPU the host then has
// nothing to draw and to send. The bits are those that the host draws.
extension RandomStream {
    /// `count` words for each row, [B, count], whole numbers from 0 to 2³² − 1.
    ///
    /// Philox 4x32-10 (Salmon et al., SC 2011) in 64-bit whole numbers. Cost: some 120 operators on [B, count/4] numbers.
    public func words(_ count: Int, _ rows: RowNames) -> Tensor {
        let (jets, epochs, views) = rows.tensors
        let groups = (count + 63) / 64
        // As the host lays them out: sixteen blocks of four words side by side.
        let blocks = Tensor.range(16 * groups, device: jets.device).unsqueezed(0)
        var (a, b, c, d) = (blocks, jets.unsqueezed(1), epochs.unsqueezed(1), views.unsqueezed(1))
        var (key0, key1) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
        for _ in 0..<10 {
            let first = a.times(0xD251_1F53), second = c.times(0xCD9E_8D57)
            (a, b, c, d) = (
                second.upperWord.xor(b).xor(Int(key0)), second.lowerWord, first.upperWord.xor(d).xor(Int(key1)),
                first.lowerWord
            )
            key0 &+= 0x9E37_79B9
            key1 &+= 0xBB67_AE85
        }
        let rowCount = jets.shape[0]
        return Tensor.stacked([a, b, c, d], dimension: 1).reshaped(rowCount, 4, groups, 16).permuted(0, 2, 1, 3)
            .reshaped(rowCount, 64 * groups).narrowed(1, from: 0, length: count)
    }

    /// `count` numbers for each row, [B, count], double, uniform in (0, 1).
    public func uniforms(_ count: Int, _ rows: RowNames) -> Tensor {
        (words(count, rows).to(.float64) + 0.5) / 4_294_967_296
    }

    /// `count` standard normal numbers for each row, [B, count], double. Those of the host but for rounding.
    public func normals(_ count: Int, _ rows: RowNames) -> Tensor {
        let pairs = (count + 1) / 2
        let u = uniforms(2 * pairs, rows).reshaped(rows.count, pairs, 2)
        let radius = (u.select(-1, 0).log() * -2).sqrt(), angle = u.select(-1, 1) * (2 * Double.pi)
        return Tensor.stacked([radius * angle.cos(), radius * angle.sin()], dimension: -1)
            .reshaped(rows.count, 2 * pairs).narrowed(1, from: 0, length: count)
    }

    /// What dropout multiplies with, [B, count] in `type`: 0 with the given probability, else 1/(1 − probability).
    func dropoutFactors(_ probability: Double, _ count: Int, _ rows: RowNames, _ type: ScalarType) -> Tensor {
        // Half a word decides: the lower half, then the upper.
        let words = self.words((count + 1) / 2, rows)
        let halves = Tensor.stacked([words.and(0xFFFF), words.shiftedRight(16)], dimension: -1)
            .reshaped(rows.count, 2 * ((count + 1) / 2)).narrowed(1, from: 0, length: count)
        let threshold = Int(probability * 65536 + 0.5)
        return halves.atLeast(threshold).to(type) * Double(Float(1 / (1 - probability)))
    }
}

/// Whole numbers of 64 bits.
extension Tensor {
    /// 0, 1, …, count − 1.
    public static func range(_ count: Int, device: Device = .cpu) -> Tensor {
        Operators.arange.one(.int(count), .type(.int64), .none, .device(device))
    }

    /// The products of whole numbers with one, modulo 2⁶⁴.
    public func times(_ factor: Int) -> Tensor { Operators.multiplyScalar.one(.tensor(self), .int(factor)) }
    fileprivate var lowerWord: Tensor { and(0xFFFF_FFFF) }
    fileprivate var upperWord: Tensor { shiftedRight(32).and(0xFFFF_FFFF) }
    fileprivate func and(_ bits: Int) -> Tensor { Operators.bitwiseAndScalar.one(.tensor(self), .int(bits)) }
    fileprivate func xor(_ other: Tensor) -> Tensor { Operators.bitwiseXor.one(.tensor(self), .tensor(other)) }
    fileprivate func xor(_ bits: Int) -> Tensor { Operators.bitwiseXorScalar.one(.tensor(self), .int(bits)) }
    fileprivate func shiftedRight(_ bits: Int) -> Tensor { Operators.shiftRightScalar.one(.tensor(self), .int(bits)) }
    fileprivate func atLeast(_ bound: Int) -> Tensor { Operators.greaterEqualScalar.one(.tensor(self), .int(bound)) }
}
