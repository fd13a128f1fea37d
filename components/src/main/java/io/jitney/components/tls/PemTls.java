package io.jitney.components.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a client's TLS connections are made of; texts are PEM, empty: none.
 *
 * @param caCert whom to trust; empty: the JVM's trust store
 * @param clientCert the client's chain
 * @param clientKey its key (PKCS #8, PKCS #1 or SEC 1); secret
 * @param insecure the server's certificate is not looked at
 */
public record PemTls(String caCert, String clientCert, String clientKey, boolean insecure) {
  /** A text is not what it should be. The message names which, and quotes nothing of it. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message, null, false, false);
    }
  }

  /** For pool keys, which are never printed. */
  public Map<String, String> identity() {
    return Map.of(
        "tls.ca", caCert,
        "tls.cert", clientCert,
        "tls.key", clientKey,
        "tls.insecure", Boolean.toString(insecure));
  }

  /** Whether the text holds a PEM block. */
  public static boolean isPem(String text) {
    return text.contains("-----BEGIN ") && text.contains("-----END ");
  }

  public SSLContext context() throws Unusable {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          clientCert.isEmpty() || clientKey.isEmpty() ? null : keys().getKeyManagers(),
          trust(),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new Unusable("TLS is not available: " + e.getClass().getSimpleName());
    }
  }

  private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException, Unusable {
    if (insecure) {
      return new TrustManager[] {new TrustsEverybody()};
    }
    if (caCert.isEmpty()) {
      return null;
    }
    KeyStore store = emptyStore();
    int count = 0;
    for (Certificate certificate : certificates(caCert, "ca certificate")) {
      store.setCertificateEntry("ca" + count++, certificate);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private KeyManagerFactory keys() throws GeneralSecurityException, IOException, Unusable {
    Certificate[] chain =
        certificates(clientCert, "client certificate").toArray(new Certificate[0]);
    PrivateKey key;
    try {
      key = PemKey.read(clientKey, chain[0].getPublicKey().getAlgorithm());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new Unusable("invalid client key"); // without the cause, which may quote it
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("client", key, new char[0], chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String pem, String what)
      throws Unusable {
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      if (certificates.isEmpty()) {
        throw new Unusable("invalid " + what);
      }
      return certificates;
    } catch (GeneralSecurityException e) {
      throw new Unusable("invalid " + what);
    }
  }

  @Override
  public String toString() {
    return "PemTls[insecure=" + insecure + "]";
  }

  private static final class TrustsEverybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
