package io.jitney.daemon.instance;

import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.telemetry.InstanceLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Waits until the app accepts connections on its port, for as long as that takes. Blocks; for
 * virtual threads.
 */
final class AppPortWait {
  private static final int DIAL_MILLIS = 500;
  private static final long PAUSE_MILLIS = 100;
  private static final int TRIES_PER_LINE = 100;

  private AppPortWait() {}

  /** Returns when the app was there once; ends early when the thread is interrupted. */
  static void await(AppEndpoint app, InstanceLog log) throws InterruptedException {
    log.info(
        "dapr.runtime",
        "application protocol: "
            + app.protocol().word()
            + ". waiting on port "
            + app.port()
            + ".  This will block until the app is listening on that port.");
    for (int tries = 1; !answers(app); tries++) {
      Thread.sleep(PAUSE_MILLIS);
      if (tries % TRIES_PER_LINE == 0) {
        log.info("dapr.runtime", "waiting for application to listen on port " + app.port());
      }
    }
    log.info("dapr.runtime", "application discovered on port " + app.port());
  }

  private static boolean answers(AppEndpoint app) throws InterruptedException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(app.host(), app.port()), DIAL_MILLIS);
      if (app.protocol().tls()) {
        socket.setSoTimeout(DIAL_MILLIS);
        handshake(socket, app);
      }
      return true;
    } catch (IOException | IllegalArgumentException | GeneralSecurityException notYet) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return false;
    }
  }

  private static void handshake(Socket socket, AppEndpoint app)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
    try (SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, app.host(), app.port(), true)) {
      tls.startHandshake();
    }
  }

  /**
   * The app's certificate is not checked, as in daprd: the connection never leaves what the flags
   * name.
   */
  private static final class AnyCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
