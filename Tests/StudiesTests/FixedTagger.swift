import Foundation
import Networks
import Torch

/// A tagger without parameters whose logit is `function` of a jet's features.
struct FixedTagger: Network {
    let parameters = ParameterTable()
    let function: @Sendable (JetBatch) -> Tensor

    func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass) -> Tensor { function(jets) }

    /// log of Σᵢⱼ pTᵢ pTⱼ (cosh Δηᵢⱼ − cos Δφᵢⱼ), the squared mass of massless constituents, counted from 30 GeV's: the
    /// same in every frame.
    static let mass = FixedTagger { jets in
        func feature(_ index: Int) -> Tensor { jets.features.select(-1, index) }
        func pairs(_ x: Tensor) -> Tensor { x.unsqueezed(-1) - x.unsqueezed(-2) }
        let pt = feature(3).exp() * jets.mask.to(jets.features.scalarType)
        let angles = pairs(feature(0)).cosh() - pairs(feature(1)).cos()
        return (pt.unsqueezed(-1) * pt.unsqueezed(-2) * angles).sum(-1, -2).log() - 2 * log(30)
    }

    /// The leading constituent's log E, counted from 300 GeV's: different in every frame.
    static let energy = FixedTagger { $0.features.select(-1, 5).select(-1, 0) - log(300) }
}
