import Networks
import Testing
import Torch

/// Sizes in a graph are computed as Python does it.
struct SymbolicArithmeticTests {
    private func value(_ name: String, _ arguments: Operator.Value...) throws -> String {
        let function = try #require(SymbolicArithmetic(name))
        return function(arguments).map { "\($0)" } ?? "none"
    }

    @Test func `Whole numbers stay whole, and divisions round down`() throws {
        #expect(try value("_operator.mul", .int(6), .int(-7)) == "int(-42)")
        #expect(try value("_operator.floordiv", .int(-7), .int(2)) == "int(-4)")
        #expect(try value("_operator.floordiv", .int(7), .int(2)) == "int(3)")
        #expect(try value("_operator.mod", .int(-7), .int(3)) == "int(2)")
        #expect(try value("_operator.mod", .int(7), .int(-3)) == "int(-2)")
        #expect(try value("_operator.pow", .int(3), .int(4)) == "int(81)")
        #expect(try value("_operator.truediv", .int(7), .int(2)) == "double(3.5)")
        #expect(try value("_operator.add", .int(1), .double(0.5)) == "double(1.5)")
        #expect(try value("_operator.neg", .int(5)) == "int(-5)")
        #expect(try value("math.trunc", .double(-2.7)) == "int(-2)")
        #expect(try value("torch.sym_max", .int(3), .int(9)) == "int(9)")
        #expect(try value("torch.sym_ite", .bool(false), .int(1), .int(2)) == "int(2)")
        #expect(try value("_operator.ge", .int(3), .double(2.5)) == "bool(true)")
        #expect(try value("_operator.rshift", .int(12), .int(2)) == "int(3)")
    }

    @Test func `What has no value gives none`() throws {
        #expect(try value("_operator.floordiv", .int(1), .int(0)) == "none")
        #expect(try value("_operator.mod", .int(1), .int(0)) == "none")
        #expect(try value("_operator.truediv", .int(1), .int(0)) == "none")
        #expect(try value("_operator.mul", .int(.max), .int(2)) == "none")
        #expect(try value("_operator.add", .int(.max), .int(1)) == "none")
        #expect(try value("_operator.floordiv", .int(.min), .int(-1)) == "none")
        #expect(try value("_operator.neg", .int(.min)) == "none")
        #expect(try value("_operator.pow", .int(10), .int(63)) == "none")
        #expect(try value("_operator.lshift", .int(1), .int(200)) == "none")
        #expect(try value("torch.sym_int", .double(.infinity)) == "none")
        #expect(try value("_operator.mul", .int(1)) == "none")
        #expect(SymbolicArithmetic("os.system") == nil)
    }
}
