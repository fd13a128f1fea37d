package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,true",
    "127.8.9.10,true",
    "::1,true",
    "0.0.0.0,true",
    "169.254.169.254,true",
    "fe80::1,true",
    "224.0.0.1,true",
    "10.0.0.1,false",
    "192.168.1.1,false",
    "93.184.216.34,false",
    "2001:db8::1,false"
  })
  void addressesOfTheNode(String address, boolean ofTheNode) throws Exception {
    assertThat(Egress.ofTheNode(InetAddress.getByName(address))).isEqualTo(ofTheNode);
  }
}
