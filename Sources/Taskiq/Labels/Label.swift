// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A value that can be written into a label and read back.
public protocol LabelConvertible: Sendable {
    /// The value as a label's value.
    var labelValue: LabelValue { get }

    /// Reads the value back; nil when the label holds something else.
    init?(labelValue: LabelValue)
}

extension Int: LabelConvertible {
    /// The integer.
    public var labelValue: LabelValue { .int(self) }

    /// Reads an integer, or text that is one.
    public init?(labelValue: LabelValue) {
        guard let value = labelValue.intValue else { return nil }
        self = value
    }
}

extension Double: LabelConvertible {
    /// The number.
    public var labelValue: LabelValue { .double(self) }

    /// Reads a number, or text that is one.
    public init?(labelValue: LabelValue) {
        guard let value = labelValue.doubleValue else { return nil }
        self = value
    }
}

extension Bool: LabelConvertible {
    /// True or false.
    public var labelValue: LabelValue { .bool(self) }

    /// Reads true or false, or text that is one of them.
    public init?(labelValue: LabelValue) {
        guard let value = labelValue.boolValue else { return nil }
        self = value
    }
}

extension String: LabelConvertible {
    /// The text.
    public var labelValue: LabelValue { .string(self) }

    /// Reads the value's text.
    public init?(labelValue: LabelValue) {
        self = labelValue.text
    }
}

/// The typed name of a label.
public struct Label<Value: LabelConvertible>: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name as it travels.
    public let name: String

    /// Names a label.
    ///
    /// - Parameter name: the name as it travels.
    public init(_ name: String) {
        self.name = name
    }

    /// Names a label.
    public init(stringLiteral value: String) {
        name = value
    }
}
