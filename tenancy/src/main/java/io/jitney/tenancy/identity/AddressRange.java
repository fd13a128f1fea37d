package io.jitney.tenancy.identity;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An address or CIDR range: the first {@code length} bits, the rest is zero. IPv4 sits in the upper
 * bits of {@code high}, so both families are cut in the same way.
 */
record AddressRange(boolean ipv4, long high, long low, int length) {

  /** The range of one address. */
  static AddressRange of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    if (address instanceof Inet4Address) {
      return new AddressRange(true, (long) bytes.getInt() << 32, 0, 32);
    }
    long high = bytes.getLong();
    long low = bytes.getLong();
    boolean mapped = high == 0 && low >>> 32 == 0xffff;
    return mapped
        ? new AddressRange(true, low << 32, 0, 32)
        : new AddressRange(false, high, low, 128);
  }

  /**
   * Reads {@code 10.1.2.3}, {@code 10.0.0.0/8}, {@code fd00::/8}; bits behind the prefix are
   * ignored. IPv4 addresses in IPv6 clothes (::ffff:10.0.0.0/104) are IPv4, as the kernel's are.
   * {@link IllegalArgumentException} with a message for people otherwise. Never asks DNS.
   */
  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    AddressRange one = of(literal(literal, text));
    if (slash < 0) {
      return one;
    }
    int mapped = one.ipv4 && literal.indexOf(':') >= 0 ? 96 : 0;
    int length = prefix(text.substring(slash + 1)) - mapped;
    if (length < 0 || length > one.length) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" has no prefix length between "
              + mapped
              + " and "
              + (mapped + one.length));
    }
    return one.cutTo(length);
  }

  private static InetAddress literal(String literal, String text) {
    boolean ipv6 = literal.indexOf(':') >= 0;
    // Java also takes "10.1" for 10.0.0.1, which nobody means; and a zone is of one host only.
    boolean four = literal.chars().filter(c -> c == '.').count() == 3;
    if ((ipv6 || four) && literal.indexOf('%') < 0) {
      try {
        return InetAddress.ofLiteral(literal);
      } catch (IllegalArgumentException e) {
        // said below, in our words
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither an IP address nor a CIDR range");
  }

  private static int prefix(String digits) {
    if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(AddressRange::digit)) {
      return -1;
    }
    return Integer.parseInt(digits);
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The wider range of the first {@code shorter} bits. */
  AddressRange cutTo(int shorter) {
    long upper = shorter >= 64 ? high : high & head(shorter);
    long lower = shorter > 64 ? low & head(shorter - 64) : 0;
    return new AddressRange(ipv4, upper, lower, shorter);
  }

  private static long head(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }

  /** As it would be written: {@code 10.0.0.0/8}. */
  @Override
  public String toString() {
    byte[] bytes =
        ipv4
            ? ByteBuffer.allocate(4).putInt((int) (high >> 32)).array()
            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + length;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are always an address", e);
    }
  }
}
