import Support
import Testing

/// Programs in Python.
struct PythonTests {
    @Test func `They get the library path from before a release archive's script, and the packages`() {
        let archive = ["LD_LIBRARY_PATH": "/torch/lib:/own", "GOLDSTONE_LIBRARY_PATH": "/own", "PYTHONPATH": "/mine"]
        let found = Python(packages: "/packages").environment(of: archive)
        #expect(found["LD_LIBRARY_PATH"] == "/own" && found["PYTHONPATH"] == "/packages:/mine")
        let without = Python().environment(of: ["LD_LIBRARY_PATH": "/torch/lib", "GOLDSTONE_LIBRARY_PATH": ""])
        #expect(without["LD_LIBRARY_PATH"] == nil)
        #expect(Python().environment(of: ["LD_LIBRARY_PATH": "/own"]) == ["LD_LIBRARY_PATH": "/own"])
    }

    @Test func `What fails tells its status and what it said`() {
        let outcome = Python().run("import sys; print('so'); sys.exit(int(sys.argv[1]))", ["7"])
        #expect(outcome.status == 7 && outcome.lines == ["so"])
        #expect(Python("/no/such/python").run("").status == 127)
    }
}
