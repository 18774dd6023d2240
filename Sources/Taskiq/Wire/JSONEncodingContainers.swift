// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

struct JSONKeyedEncodingContainer<Key: CodingKey>: JSONKeyedEncoding {
    // Not counted, because containers are copied: a lent one does not hold it.
    private let target: Unmanaged<JSONOutput>
    private let owner: JSONOutput?
    let level: Int

    init(output: JSONOutput, level: Int, isHeld: Bool) {
        target = .passUnretained(output)
        owner = isHeld ? output : nil
        self.level = level
    }

    private var output: JSONOutput { target.takeUnretainedValue() }

    var codingPath: [any CodingKey] { output.path(to: level) }

    func encodeNil(forKey key: Key) throws { put(key) { $0.writeNull() } }

    func encode(_ value: Bool, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: String, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Double, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Float, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int8, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int16, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int32, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int64, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt8, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt16, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt32, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt64, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: Int128, forKey key: Key) throws { put(key) { $0.write(value) } }
    func encode(_ value: UInt128, forKey key: Key) throws { put(key) { $0.write(value) } }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        output.beginMember(key.stringValue, at: level)
        do {
            try output.write(value, key: key)
        } catch {
            // Should the error be swallowed, what stands there already must go.
            output.needTree(at: level)
            throw error
        }
    }

    @inline(__always)
    private func put(_ key: Key, _ write: (JSONOutput) -> Void) {
        target._withUnsafeGuaranteedRef { output in
            output.beginMember(key.stringValue, at: level)
            write(output)
        }
    }

    // MARK: Out of order

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        tree.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { tree.unkeyedContainer() }

    func superEncoder() -> any Encoder { tree }

    func superEncoder(forKey key: Key) -> any Encoder { tree }

    private var tree: JSONTreeEncoding { JSONEncoding(output: output, level: level).tree() }
}

struct JSONUnkeyedEncodingContainer: UnkeyedEncodingContainer {
    let output: JSONOutput
    let level: Int

    var codingPath: [any CodingKey] { output.path(to: level) }
    var count: Int { output.count(at: level) }

    func encodeNil() throws {
        output.beginElement(at: level)
        output.writeNull()
    }

    func encode(_ value: Bool) throws { put { $0.write(value) } }
    func encode(_ value: String) throws { put { $0.write(value) } }
    func encode(_ value: Double) throws { put { $0.write(value) } }
    func encode(_ value: Float) throws { put { $0.write(value) } }
    func encode(_ value: Int) throws { put { $0.write(value) } }
    func encode(_ value: Int8) throws { put { $0.write(value) } }
    func encode(_ value: Int16) throws { put { $0.write(value) } }
    func encode(_ value: Int32) throws { put { $0.write(value) } }
    func encode(_ value: Int64) throws { put { $0.write(value) } }
    func encode(_ value: UInt) throws { put { $0.write(value) } }
    func encode(_ value: UInt8) throws { put { $0.write(value) } }
    func encode(_ value: UInt16) throws { put { $0.write(value) } }
    func encode(_ value: UInt32) throws { put { $0.write(value) } }
    func encode(_ value: UInt64) throws { put { $0.write(value) } }
    func encode(_ value: Int128) throws { put { $0.write(value) } }
    func encode(_ value: UInt128) throws { put { $0.write(value) } }

    func encode(_ value: some Encodable) throws {
        let index = count
        output.beginElement(at: level)
        do {
            try output.write(value, key: JSONIndex(intValue: index))
        } catch {
            output.needTree(at: level)
            throw error
        }
    }

    @inline(__always)
    private func put(_ write: (JSONOutput) -> Void) {
        output.beginElement(at: level)
        write(output)
    }

    // MARK: Out of order

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        tree.container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { tree.unkeyedContainer() }

    func superEncoder() -> any Encoder { tree }

    private var tree: JSONTreeEncoding { JSONEncoding(output: output, level: level).tree() }
}

struct JSONSingleValueEncodingContainer: SingleValueEncodingContainer {
    let output: JSONOutput
    let level: Int

    var codingPath: [any CodingKey] { output.path(to: level) }

    func encodeNil() throws { put { $0.writeNull() } }
    func encode(_ value: Bool) throws { put { $0.write(value) } }
    func encode(_ value: String) throws { put { $0.write(value) } }
    func encode(_ value: Double) throws { put { $0.write(value) } }
    func encode(_ value: Float) throws { put { $0.write(value) } }
    func encode(_ value: Int) throws { put { $0.write(value) } }
    func encode(_ value: Int8) throws { put { $0.write(value) } }
    func encode(_ value: Int16) throws { put { $0.write(value) } }
    func encode(_ value: Int32) throws { put { $0.write(value) } }
    func encode(_ value: Int64) throws { put { $0.write(value) } }
    func encode(_ value: UInt) throws { put { $0.write(value) } }
    func encode(_ value: UInt8) throws { put { $0.write(value) } }
    func encode(_ value: UInt16) throws { put { $0.write(value) } }
    func encode(_ value: UInt32) throws { put { $0.write(value) } }
    func encode(_ value: UInt64) throws { put { $0.write(value) } }
    func encode(_ value: Int128) throws { put { $0.write(value) } }
    func encode(_ value: UInt128) throws { put { $0.write(value) } }

    func encode(_ value: some Encodable) throws {
        output.beginScalar(at: level)
        do {
            try output.write(value, key: nil)
        } catch {
            output.needTree(at: level)
            throw error
        }
    }

    @inline(__always)
    private func put(_ write: (JSONOutput) -> Void) {
        output.beginScalar(at: level)
        write(output)
    }
}
