package io.jitney.daemon.control;

/** The kinds of frame, by the letter that names them on the wire. */
enum FrameType {
  OPEN('O'),
  SIGNAL('S'),
  REQUEST('R'),
  STDOUT('L'),
  STDERR('E'),
  ANSWER('J'),
  EXIT('X');

  private final byte letter;

  FrameType(char letter) {
    this.letter = (byte) letter;
  }

  byte letter() {
    return letter;
  }

  static FrameType of(byte letter) throws ProtocolException {
    for (FrameType type : values()) {
      if (type.letter == letter) {
        return type;
      }
    }
    throw new ProtocolException("unknown frame type " + (letter & 0xff));
  }
}
