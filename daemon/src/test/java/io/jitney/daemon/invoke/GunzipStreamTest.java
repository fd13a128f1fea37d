package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GunzipStreamTest {
  private final Source source = new Source();
  private final GunzipStream stream = new GunzipStream(source);
  private final List<Buffer> read = new ArrayList<>();
  private boolean ended;
  private Throwable failure;

  GunzipStreamTest() {
    stream.handler(read::add);
    stream.endHandler(end -> ended = true);
    stream.exceptionHandler(cause -> failure = cause);
  }

  @Test
  void unpacksWhatComesInPieces() throws IOException {
    byte[] packed = gzip("hello ".repeat(500).getBytes());
    stream.resume();
    for (byte b : packed) {
      source.push(Buffer.buffer(new byte[] {b}));
    }
    source.end();
    assertThat(text()).isEqualTo("hello ".repeat(500));
    assertThat(ended).isTrue();
  }

  @Test
  void aReaderThatPausesIsNotFloodedByWellPackedContent() throws IOException {
    byte[] packed = gzip(new byte[64 << 20]);
    long[] size = {0};
    stream.handler(
        chunk -> {
          size[0] += chunk.length();
          stream.pause();
        });
    stream.resume();
    source.push(Buffer.buffer(packed));
    assertThat(size[0]).isPositive().isLessThan(2 << 20);
    assertThat(source.paused).isTrue();
    while (!ended && failure == null) {
      if (!source.paused) {
        source.end();
      }
      stream.resume();
    }
    assertThat(failure).isNull();
    assertThat(size[0]).isEqualTo(64 << 20);
  }

  @Test
  void brokenContentFails() {
    stream.resume();
    source.push(Buffer.buffer("this is no gzip at all"));
    assertThat(failure).isNotNull();
    assertThat(ended).isFalse();
  }

  private String text() {
    Buffer all = Buffer.buffer();
    read.forEach(all::appendBuffer);
    return all.toString();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  /** A stream that a test pushes. */
  private static final class Source implements ReadStream<Buffer> {
    private Handler<Buffer> handler = none -> {};
    private Handler<Void> endHandler = none -> {};
    boolean paused = true;

    void push(Buffer chunk) {
      handler.handle(chunk);
    }

    void end() {
      endHandler.handle(null);
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> told) {
      return this;
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> told) {
      handler = told;
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      paused = true;
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      paused = false;
      return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      return resume();
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> told) {
      endHandler = told;
      return this;
    }
  }
}
