package io.jitney.components.bindings.http;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metadata of {@code bindings.http}.
 *
 * @param responseTimeout zero: none but the caller's
 * @param maxBody bytes of an answer that are read
 * @param token value of header {@code tokenHeader}; "" none
 * @param rootCa PEM; "" the platform's
 * @param certificate PEM; "" none
 */
record HttpSettings(
    String url,
    Duration responseTimeout,
    long maxBody,
    boolean errorIfNot2xx,
    String token,
    String tokenHeader,
    String rootCa,
    String certificate,
    String key) {
  private static final long DEFAULT_MAX_BODY = 100L << 20;
  private static final Pattern QUANTITY =
      Pattern.compile("([+-]?[0-9.]+)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|m|)");

  /** Reads files: on threads that may wait. */
  static HttpSettings of(Metadata metadata, Path folder) throws IOException {
    LenientMetadata lenient = new LenientMetadata(metadata);
    String errorIf = metadata.get("errorIfNot2XX", "");
    String renegotiation = metadata.get("MTLSRenegotiation", "");
    switch (renegotiation) {
      case "", "RenegotiateNever", "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient" -> {}
      default ->
          throw new ComponentException.Failed("invalid renegotiation value: " + renegotiation);
    }
    HttpSettings settings =
        new HttpSettings(
            metadata.get("url", ""),
            lenient.duration("responseTimeout", Duration.ZERO),
            quantity(metadata.get("maxResponseBodySize", "")),
            errorIf.isEmpty() || GoText.isTruthy(errorIf),
            metadata.get("securityToken", ""),
            metadata.get("securityTokenHeader", ""),
            pem(metadata.get("MTLSRootCA", ""), folder),
            pem(metadata.get("MTLSClientCert", ""), folder),
            pem(metadata.get("MTLSClientKey", ""), folder));
    if (settings.certificate().isEmpty() != settings.key().isEmpty()) {
      throw new ComponentException.Failed(
          "MTLSClientCert and MTLSClientKey must be given together");
    }
    return settings;
  }

  private static String pem(String value, Path folder) throws IOException {
    if (value.isEmpty() || value.contains("-----BEGIN")) {
      return value;
    }
    Path file = folder.resolve(value.strip());
    if (!Files.isRegularFile(file)) {
      throw new ComponentException.Failed(
          "failed to read a file of MTLS settings: it is not there");
    }
    return Files.readString(file);
  }

  /** A quantity as Kubernetes has them. */
  private static long quantity(String text) {
    if (text.isEmpty()) {
      return DEFAULT_MAX_BODY;
    }
    Matcher matcher = QUANTITY.matcher(text.strip());
    if (!matcher.matches()) {
      throw new ComponentException.Failed("invalid value for maxResponseBodySize: " + text);
    }
    try {
      BigDecimal number = new BigDecimal(matcher.group(1));
      double factor =
          switch (matcher.group(2)) {
            case "m" -> 1e-3;
            case "k" -> 1e3;
            case "M" -> 1e6;
            case "G" -> 1e9;
            case "T" -> 1e12;
            case "P" -> 1e15;
            case "Ki" -> 1L << 10;
            case "Mi" -> 1L << 20;
            case "Gi" -> 1L << 30;
            case "Ti" -> 1L << 40;
            case "Pi" -> 1L << 50;
            default -> 1;
          };
      long bytes = (long) Math.ceil(number.doubleValue() * factor);
      return bytes <= 0 ? DEFAULT_MAX_BODY : Math.min(bytes, Integer.MAX_VALUE - 8);
    } catch (NumberFormatException bad) {
      throw new ComponentException.Failed("invalid value for maxResponseBodySize: " + text);
    }
  }

  /** Openings with the same TLS identity share a client. */
  PoolKey poolKey() {
    return new PoolKey("http", Map.of("ca", rootCa, "certificate", certificate, "key", key));
  }

  @Override
  public String toString() {
    return "HttpSettings[]"; // secrets stay out of logs
  }
}
