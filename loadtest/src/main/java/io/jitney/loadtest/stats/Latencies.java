package io.jitney.loadtest.stats;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/** HdrHistograms of microseconds as this program uses them, and their text form. */
public final class Latencies {
  /** Latencies beyond a minute are a minute. */
  public static final long MOST_MICROS = 60_000_000;

  private static final int DIGITS = 3;

  private Latencies() {}

  /** For recording many short times. */
  public static IntCountsHistogram forInterval() {
    return new IntCountsHistogram(1, MOST_MICROS, DIGITS);
  }

  /** For merging. */
  public static Histogram empty() {
    return new Histogram(1, MOST_MICROS, DIGITS);
  }

  /** Microseconds of some nanoseconds, within what a histogram takes. */
  public static long micros(long nanos) {
    return Math.clamp((nanos + 500) / 1000, 1, MOST_MICROS);
  }

  /** Compressed, base64: the form that HdrHistogram's own tools read. */
  public static String text(IntCountsHistogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return base64(buffer, length);
  }

  /** The same for a merged one. */
  public static String text(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return base64(buffer, length);
  }

  private static String base64(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(0, bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Adds what {@link #text} wrote; nothing for an empty text. */
  public static void add(Histogram to, String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      to.add(
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(text)), MOST_MICROS));
    } catch (DataFormatException broken) {
      throw new IllegalArgumentException("no histogram: " + broken.getMessage(), broken);
    }
  }
}
