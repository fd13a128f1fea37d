package io.jitney.tenancy.identity;

import io.jitney.tenancy.TenantId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Source addresses and whose they are. The longest prefix wins; an address that two tenants claim
 * with prefixes of the same length is ambiguous and identifies nobody.
 *
 * <p>Also the cross-check of tokens: the token of an app that has declared addresses counts only
 * from these (all of them, whoever else claims them too). The token of an app that has declared
 * none counts from anywhere.
 *
 * <p>Threads: any; a replacement shows at once and whole. When apps change, replace the addresses
 * before the tokens, so that a new token never counts without its addresses.
 */
public final class AddressDirectory implements IdentityRule {

  /**
   * Immutable.
   *
   * @param claimants of each range
   * @param tenants that have declared any address
   * @param lengths4 prefix lengths in use for IPv4, the longest first
   * @param lengths6 the same for IPv6
   */
  private record Snapshot(
      Map<AddressRange, Set<TenantId>> claimants,
      Set<TenantId> tenants,
      List<Integer> lengths4,
      List<Integer> lengths6) {

    List<Integer> lengths(AddressRange range) {
      return range.ipv4() ? lengths4 : lengths6;
    }
  }

  private volatile Snapshot snapshot = new Snapshot(Map.of(), Set.of(), List.of(), List.of());

  /**
   * Replaces all addresses.
   *
   * @param ranges addresses or CIDR ranges, IPv4 or IPv6, by tenant
   * @return problems, for the log and the status of the tenants named in them: text that is no
   *     address or range (the tenant's others stay; if none is left, its token counts from nowhere,
   *     as a slip of the pen must not open the door), and ranges that several tenants claim
   */
  public List<String> replace(Map<TenantId, ? extends Collection<String>> ranges) {
    Map<AddressRange, Set<TenantId>> claimants = new HashMap<>();
    Set<TenantId> tenants = new HashSet<>();
    List<String> problems = new ArrayList<>();
    ranges.forEach(
        (tenant, its) -> {
          for (String text : its) {
            tenants.add(tenant);
            try {
              AddressRange range = AddressRange.parse(text);
              claimants.computeIfAbsent(range, key -> new HashSet<>()).add(tenant);
            } catch (IllegalArgumentException e) {
              problems.add(tenant + ": source address " + e.getMessage());
            }
          }
        });
    claimants.forEach(
        (range, its) -> {
          if (its.size() > 1) {
            String names =
                its.stream().map(TenantId::toString).sorted().collect(Collectors.joining(" and "));
            problems.add(
                "source address " + range + " is claimed by " + names + ": it identifies neither");
          }
        });
    snapshot =
        new Snapshot(claimants, tenants, lengths(claimants, true), lengths(claimants, false));
    return List.copyOf(problems);
  }

  private static List<Integer> lengths(Map<AddressRange, ?> claimants, boolean ipv4) {
    return claimants.keySet().stream()
        .filter(range -> range.ipv4() == ipv4)
        .map(AddressRange::length)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** Whose address it is, or null. */
  public @Nullable TenantId owner(InetAddress address) {
    Snapshot now = snapshot;
    AddressRange whole = AddressRange.of(address);
    for (int length : now.lengths(whole)) {
      Set<TenantId> claimants = now.claimants.get(whole.cutTo(length));
      if (claimants != null) {
        return claimants.size() == 1 ? claimants.iterator().next() : null;
      }
    }
    return null;
  }

  /** Whether the tenant's token counts from there; null is a peer without an address. */
  public boolean allows(TenantId tenant, @Nullable InetAddress address) {
    Snapshot now = snapshot;
    if (!now.tenants.contains(tenant)) {
      return true;
    }
    if (address == null) {
      return false;
    }
    AddressRange whole = AddressRange.of(address);
    for (int length : now.lengths(whole)) {
      if (now.claimants.getOrDefault(whole.cutTo(length), Set.of()).contains(tenant)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable Caller identify(ConnectionFacts facts) {
    InetAddress source = facts.source();
    TenantId owner = source == null ? null : owner(source);
    return owner == null ? null : new Caller.ByAddress(owner);
  }

  @Override
  public boolean speaksAgainst(Caller caller, ConnectionFacts facts) {
    return switch (caller) {
      case Caller.ByToken(TenantId tenant) -> !allows(tenant, facts.source());
      case Caller.ByAddress _, Caller.ByListener _ -> false;
    };
  }
}
