// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

extension SocketOptions {
    /// The same options with encryption.
    ///
    /// - Parameter curve: how connections are encrypted; nil for not at all.
    /// - Returns: the options with that.
    package func encrypting(_ curve: CurveOptions?) -> SocketOptions {
        var options = self
        options.curve = curve
        return options
    }

    /// The same options for an endpoint: IPv6 only where it is asked for, since libzmq then takes names for IPv6 too.
    ///
    /// - Parameter endpoint: the endpoint.
    /// - Returns: the options with or without IPv6.
    package func reaching(_ endpoint: String) -> SocketOptions {
        var options = self
        options.usesIPv6 = endpoint.hasPrefix("tcp://[")
        return options
    }
}

extension CurveOptions {
    func set(on handle: SocketHandle) throws(ZeroMQError) {
        switch self {
        case .server(let pair, let domain):
            try handle.set(ZMQ_CURVE_SERVER, "CURVE_SERVER", to: Int32(1))
            try handle.set(ZMQ_CURVE_SECRETKEY, "CURVE_SECRETKEY", to: pair.secretKey)
            try handle.set(ZMQ_ZAP_DOMAIN, "ZAP_DOMAIN", to: domain)
            // Without it, libzmq admits everybody while nothing answers at the handler's endpoint. Some builds lack it;
            // who reads from the socket looks at the sender of each message all the same.
            try? handle.set(CZMQ_ZAP_ENFORCE_DOMAIN, "ZAP_ENFORCE_DOMAIN", to: Int32(1))
            handle.knowsSenders = true
        case .client(let pair, let server):
            try handle.set(ZMQ_CURVE_SERVERKEY, "CURVE_SERVERKEY", to: server)
            try handle.set(ZMQ_CURVE_PUBLICKEY, "CURVE_PUBLICKEY", to: pair.publicKey)
            try handle.set(ZMQ_CURVE_SECRETKEY, "CURVE_SECRETKEY", to: pair.secretKey)
        }
    }
}
