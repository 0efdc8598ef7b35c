import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the operating system is asked for that differs between systems, in one place.
enum Platform {
    /// Whether a file descriptor is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The size of the terminal on standard output, or nil where there is none.
    static func windowSize() -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes, or returns the error number.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                offset += count
            }
            return nil
        }
    }

    /// Reads what is there, at most `limit` bytes; empty at the end of the input, after the
    /// timeout of a raw terminal, or when a signal came.
    static func read(_ descriptor: Int32, limit: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        #if canImport(Glibc)
        let count = Glibc.read(descriptor, &buffer, limit)
        #else
        let count = Darwin.read(descriptor, &buffer, limit)
        #endif
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    /// Ends the process.
    static func exit(_ status: Int32) -> Never {
        #if canImport(Glibc)
        Glibc.exit(status)
        #else
        Darwin.exit(status)
        #endif
    }

    /// What an error number means.
    static func message(of errorNumber: Int32) -> String { String(cString: strerror(errorNumber)) }

    // MARK: Signals

    private static let interruption = Atomic<Bool>(false)

    /// Whether the user (Ctrl-C) or the system has asked this program to stop.
    static var isInterrupted: Bool { interruption.load(ordering: .relaxed) }

    /// Prepares for what would otherwise kill the program without a word: a reader that goes away
    /// and a file that reaches its allowance become errors of the call that writes; Ctrl-C is
    /// noted, and ends the program at once when it comes a second time.
    static func prepareSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Notes Ctrl-C and the system's request to end instead of ending; long work asks
    /// `isInterrupted` at its safe points.
    static func deferInterruption() {
        // The handler may not set up anything: the flag must be there before.
        _ = interruption.load(ordering: .relaxed)
        let note: @convention(c) (Int32) -> Void = { number in
            if Platform.interruption.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        }
        var action = sigaction()
        #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = note
        #else
        action.__sigaction_u.__sa_handler = note
        #endif
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
    }

    // MARK: Raw mode

    /// How a terminal takes input, to be given back.
    struct Mode {
        fileprivate let attributes: termios
    }

    /// Puts the terminal on standard input into raw mode: keys one at a time, unseen, a read that
    /// waits at most a tenth of a second.
    /// - Returns: the mode before, or nil where standard input is no terminal.
    static func enterRawMode() -> Mode? {
        var attributes = termios()
        guard tcgetattr(STDIN_FILENO, &attributes) == 0 else { return nil }
        let mode = Mode(attributes: attributes)
        cfmakeraw(&attributes)
        attributes.c_oflag |= tcflag_t(OPOST)
        withUnsafeMutableBytes(of: &attributes.c_cc) { characters in
            characters[Int(VMIN)] = 0
            characters[Int(VTIME)] = 1
        }
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &attributes) == 0 else { return nil }
        return mode
    }

    /// Gives a mode back to the terminal.
    static func restore(_ mode: Mode) {
        var attributes = mode.attributes
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &attributes)
    }

    // MARK: Local time

    /// Returns the parts of a moment in the machine's time zone.
    static func localTime(secondsSince1970: Int) -> tm {
        var moment = time_t(secondsSince1970)
        var parts = tm()
        localtime_r(&moment, &parts)
        return parts
    }
}
