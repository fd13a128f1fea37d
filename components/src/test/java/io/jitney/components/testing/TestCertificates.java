package io.jitney.components.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Authorities, servers and clients made by openssl for one test class; skips where there is none.
 * Register it as a static field with {@code @RegisterExtension}, before the servers that use it.
 */
public final class TestCertificates implements BeforeAllCallback, AfterAllCallback {
  private @Nullable Path folder;
  private String openssl = "";
  private int classes;

  /** A certificate and its key, as PEM and as files. */
  public record Pair(Path certificate, Path key) {
    public String certificatePem() {
      return read(certificate);
    }

    public String keyPem() {
      return read(key);
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (classes++ > 0) {
      return; // a nested class
    }
    openssl = Servers.program("openssl");
    folder = Files.createTempDirectory("jitney-tls");
    authority("ca");
    authority("other");
    signed("server", "ca");
    signed("client", "ca");
    signed("stranger", "other");
  }

  /** Whom servers and clients trust. */
  public Pair authority() {
    return pair("ca");
  }

  /** Another one, which signed {@link #stranger} only. */
  public Pair otherAuthority() {
    return pair("other");
  }

  /** For 127.0.0.1 and localhost. */
  public Pair server() {
    return pair("server");
  }

  public Pair client() {
    return pair("client");
  }

  /** A client that the servers do not trust. */
  public Pair stranger() {
    return pair("stranger");
  }

  private Pair pair(String name) {
    return new Pair(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
  }

  private void authority(String name) throws Exception {
    run(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".pem",
        "-days",
        "2",
        "-subj",
        "/CN=jitney test " + name);
  }

  private void signed(String name, String authority) throws Exception {
    Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    run(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr",
        "-subj",
        "/CN=" + name);
    run(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        authority + ".pem",
        "-CAkey",
        authority + ".key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        name + ".ext",
        "-out",
        name + ".pem");
  }

  private void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(openssl);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("openssl.log")));
    }
  }

  /** A file of the server's chain and key in one, for servers that want that. */
  Path serverBundle() throws IOException {
    Path bundle = folder.resolve("server-bundle.pem");
    Files.writeString(bundle, server().keyPem() + server().certificatePem());
    return bundle;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (--classes == 0 && folder != null) {
      Servers.delete(folder);
      folder = null;
    }
  }
}
