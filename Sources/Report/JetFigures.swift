extension Figure {
    /// Training and validation loss against the epoch, with a dot at each run's best epoch (lowest validation loss).
    ///
    /// Runs of one name are its seeds: thin lines of one colour. Where each name has one run and there are few, words say
    /// which epoch is the best. Epochs count from 1. A loss that is not finite is a gap.
    public static func learningCurves(
        name: String = "learning-curves", title: String, subtitle: String, runs: [LearningCurve],
        loss: String = "mean binary cross-entropy [nats]", logarithmic: Bool = false
    ) -> Figure {
        let names = Panel.unique(runs.map(\.name))
        let hasSeeds = names.count < runs.count
        var lines = [Line]()
        var landmarks = [Landmark]()
        for run in runs {
            func line(_ losses: [Double], _ style: String) -> Line {
                Line(run.name, x: losses.indices.map { Double($0 + 1) }, y: losses, style: style)
            }
            lines += [line(run.validation, "validation"), line(run.training, "training")]
            if let best = run.bestEpoch {
                let words = hasSeeds || runs.count > 4 ? "" : "best epoch \(best)"
                landmarks.append(Landmark(line: run.name, x: Double(best), y: run.validation[best - 1], label: words))
            }
        }
        let epoch = Axis("epoch", whole: true), ordinate = Axis(loss, logarithmic: logarithmic)
        let panel = Panel.lines(
            hasSeeds ? [] : lines, x: epoch, y: ordinate, landmarks: landmarks, thin: hasSeeds ? lines : [])
        let explained = hasSeeds || runs.count > 4 ? "\nLines: single seeds; dots: their best epochs" : ""
        return Figure(
            name: name, title: title, subtitle: subtitle + (landmarks.isEmpty ? "" : explained), panels: [panel])
    }

    /// The distributions of a network's probability for signal, one a class.
    public static func scores(
        name: String = "scores", title: String, subtitle: String, classes: [(name: String, probabilities: [Double])],
        bins: Int = 50
    ) -> Figure {
        let histograms = classes.map { ($0.name, Histogram(of: $0.probabilities, over: 0...1, bins: bins)) }
        let panel = Panel.histograms(histograms, x: Axis("network output (probability for signal)"), logarithmic: true)
        return Figure(name: name, title: title, subtitle: subtitle, panels: [panel])
    }

    /// The distributions of a jet observable, one a class; values outside `range` count in the normalisation.
    public static func observable(
        name: String, title: String, subtitle: String, classes: [(name: String, values: [Double])], x: Axis,
        range: ClosedRange<Double>, bins: Int = 50, logarithmic: Bool = false
    ) -> Figure {
        let histograms = classes.map { ($0.name, Histogram(of: $0.values, over: range, bins: bins)) }
        return Figure(
            name: name, title: title, subtitle: subtitle,
            panels: [.histograms(histograms, x: x, logarithmic: logarithmic)])
    }

    /// A quantity against the speed of the boost that was applied to the jets, a line a model.
    public static func invariance(
        name: String = "invariance", title: String, subtitle: String, lines: [Line], y: Axis
    ) -> Figure {
        let panel = Panel.lines(lines, x: Axis("boost speed β [c]", range: 0...1), y: y)
        return Figure(name: name, title: title, subtitle: subtitle, panels: [panel])
    }

    /// Mean jet images, a panel a class, on one logarithmic colour scale of `decades` powers of ten. Cells below it, the
    /// empty ones too, have its darkest colour.
    ///
    /// - Parameters:
    ///   - images: the mean of a quantity per cell over a class's jets, x being Δη and y Δφ to the jet's axis
    ///   - quantity: what is averaged: `mean pT per cell [GeV]`
    public static func jetImages(
        name: String = "jet-images", title: String, subtitle: String, images: [(name: String, grid: Grid)],
        quantity: String, decades: Int = 4
    ) -> Figure {
        let values = images.flatMap(\.grid.values).filter { $0.isFinite && $0 > 0 }
        let top = values.max() ?? 1
        var bottom = top
        for _ in 0..<decades { bottom /= 10 }
        let colour = Axis(quantity, logarithmic: true, range: max(bottom, values.min() ?? bottom)...top)
        let panels = images.map { image -> Panel in
            let panel = Panel.heatMap(
                image.grid, title: image.name, x: Axis("Δη"), y: Axis("Δφ [rad]"), colour: colour)
            return Panel(panel.specification.merging(["view": ["fill": .string(Palette.darkestOfViridis)]]))
        }
        return Figure(name: name, title: title, subtitle: subtitle, panels: panels)
    }
}

/// A training's losses, one an epoch.
public struct LearningCurve: Sendable, Equatable {
    public let name: String
    public let training: [Double]
    public let validation: [Double]

    public init(name: String, training: [Double], validation: [Double]) {
        self.name = name
        self.training = training
        self.validation = validation
    }

    /// The epoch, from 1, with the lowest validation loss, the first of equals; nil where no loss is finite.
    public var bestEpoch: Int? {
        validation.indices.filter { validation[$0].isFinite }.min { validation[$0] < validation[$1] }.map { $0 + 1 }
    }
}
