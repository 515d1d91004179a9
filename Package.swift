// swift-tools-version: 6.1
import PackageDescription

// LibTorch lies in .deps (see Scripts/setup.sh). Executables and tests find it at run time relative to
// themselves: .build/<triple>/<configuration>/ is three folders below the package.
let findLibTorch: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.deps/libtorch/lib"])
]

let package = Package(
    name: "Goldstone",
    products: [
        .executable(name: "goldstone", targets: ["goldstone"]),
        .executable(name: "goldstone-generate", targets: ["goldstone-generate"]),
        .library(
            name: "Goldstone",
            targets: [
                "Torch", "Columns", "Jets", "Networks", "Objectives", "Training", "Curvature", "Statistics", "Studies",
                "Report", "Export",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Foreign libraries.
        .systemLibrary(name: "CLibTorch", pkgConfig: "goldstone-libtorch"),
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPythia8", pkgConfig: "goldstone-pythia8"),

        // The rooms, each depending only on those above it.
        .target(name: "Support", dependencies: ["CZlib", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "CRandom"),
        .target(name: "Random", dependencies: ["CRandom"]),
        .target(name: "Statistics", dependencies: ["Random", "Support"]),
        .target(name: "HDF5", dependencies: ["CHDF5"]),
        .target(
            name: "CTorch", dependencies: ["CLibTorch", "CRandom"],
            cxxSettings: [.headerSearchPath("names")]),
        .target(name: "Torch", dependencies: ["CTorch", "Random", "Support"]),
        .target(name: "Columns", dependencies: ["CZlib", "HDF5", "Support"]),
        .target(
            name: "Jets",
            dependencies: [
                "CZlib", "Columns", "HDF5", "Support", "Torch", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(name: "Networks", dependencies: ["Support", "Torch"]),
        .target(name: "Objectives", dependencies: ["CTorch", "Jets", "Networks", "Support", "Torch"]),
        .target(
            name: "Training",
            dependencies: ["CTorch", "Objectives", "Support", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Curvature", dependencies: ["Objectives", "Support"]),
        // In the code, so that a program that was copied elsewhere has them.
        .target(
            name: "Report", dependencies: ["Statistics", "Support"],
            resources: [.embedInCode("Page/page.css"), .embedInCode("Page/page.js")]),
        .target(
            name: "Studies",
            dependencies: [
                "Columns", "Curvature", "HDF5", "Jets", "Report", "Statistics", "Support", "Training",
                .product(name: "Yams", package: "Yams"),
            ]),
        // ONNX's file format, and networks written in it.
        .target(name: "ONNX", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .target(
            name: "Export",
            dependencies: ["Jets", "Networks", "Objectives", "ONNX", "Report", "Studies", "Support", "Torch"]),
        .executableTarget(
            name: "goldstone",
            dependencies: ["Export", "Studies", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            linkerSettings: findLibTorch),

        // Programs that show how the rooms are used.
        .executableTarget(
            name: "TrainATagger", dependencies: ["Studies"], path: "Examples/TrainATagger",
            linkerSettings: findLibTorch),
        .executableTarget(
            name: "CurvatureOfYourLoss", dependencies: ["Curvature"], path: "Examples/CurvatureOfYourLoss",
            linkerSettings: findLibTorch),
        .executableTarget(
            name: "YourOwnSymmetry", dependencies: ["Studies"], path: "Examples/YourOwnSymmetry",
            linkerSettings: findLibTorch),

        // Pythia and FastJet (GPL) stay in an executable of their own.
        .target(name: "CPythia", dependencies: ["CPythia8"]),
        .executableTarget(
            name: "goldstone-generate",
            dependencies: [
                "CPythia", "HDF5", "Support", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // What several test targets share: invented jets, and PyTorch run by Python.
        .target(name: "Fixtures", dependencies: ["Objectives"], path: "Tests/Fixtures"),
        .testTarget(name: "SupportTests", dependencies: ["Support"], linkerSettings: findLibTorch),
        .testTarget(name: "RandomTests", dependencies: ["CRandom", "Random"]),
        .testTarget(name: "HDF5Tests", dependencies: ["HDF5"], exclude: ["Fixtures"]),
        .testTarget(name: "ColumnsTests", dependencies: ["Columns", "HDF5", "Support"], exclude: ["Fixtures"]),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], linkerSettings: findLibTorch),
        .testTarget(name: "TorchTests", dependencies: ["CTorch", "Support", "Torch"], linkerSettings: findLibTorch),
        .testTarget(
            name: "JetsTests", dependencies: ["Columns", "HDF5", "Jets", "Torch"], exclude: ["Fixtures"],
            linkerSettings: findLibTorch),
        .testTarget(
            name: "NetworksTests", dependencies: ["CZlib", "Fixtures", "Networks", "Torch"],
            linkerSettings: findLibTorch),
        .testTarget(name: "ObjectivesTests", dependencies: ["Fixtures", "Objectives"], linkerSettings: findLibTorch),
        .testTarget(name: "TrainingTests", dependencies: ["Fixtures", "Training"], linkerSettings: findLibTorch),
        .testTarget(name: "CurvatureTests", dependencies: ["Curvature", "Fixtures"], linkerSettings: findLibTorch),
        .testTarget(name: "ReportTests", dependencies: ["Report"], linkerSettings: findLibTorch),
        .testTarget(
            name: "StudiesTests", dependencies: ["Columns", "Fixtures", "HDF5", "Studies"], linkerSettings: findLibTorch
        ),
        // Hostile files for every parser of ours; `make fuzz` for long.
        .testTarget(
            name: "FuzzTests",
            dependencies: ["Columns", "Jets", "Networks", "Report", "Studies", "Support", "Training"],
            linkerSettings: findLibTorch),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Fixtures", "HDF5", "goldstone", "goldstone-generate", "TrainATagger", "CurvatureOfYourLoss",
                "YourOwnSymmetry",
            ],
            linkerSettings: findLibTorch),
        .testTarget(name: "ONNXTests", dependencies: ["ONNX"], linkerSettings: findLibTorch),
        .testTarget(name: "ExportTests", dependencies: ["Export", "Fixtures", "ONNX"], linkerSettings: findLibTorch),
        .testTarget(name: "GeneratorTests", dependencies: ["HDF5"]),
    ],
    cLanguageStandard: .c17,
    cxxLanguageStandard: .cxx20
)
