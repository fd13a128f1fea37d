package io.jitney.tenancy.identity;

import io.jitney.tenancy.TenantId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Source addresses and whose they are. The longest prefix wins; an address that two tenants claim
 * with prefixes of the same length is ambiguous and identifies nobody.
 *
 * <p>Also the cross-check of tokens: a token counts only from the addresses of its app. An app
 * that has declared none may use its token from anywhere.
 *
 * <p>Threads: any; a replacement shows at once and whole. When apps change, replace the addresses
 * before the tokens, so that a new token never counts without its addresses.
 */
public final class AddressDirectory implements IdentityRule {

  /**
   * The addresses of one tenant.
   *
   * @param ranges addresses or CIDR ranges, IPv4 or IPv6, each maybe invalid
   * @param identify whether the address alone makes a caller this tenant. False for an app that has
   *     a token: then the ranges only say from where the token counts, and take no address away
   *     from an app that has no token
   */
  public record Claim(List<String> ranges, boolean identify) {

    public Claim {
      ranges = List.copyOf(ranges);
    }
  }

  /** Who claims one range. */
  private static final class Claimants {
    final Set<TenantId> all = new HashSet<>();
    final Set<TenantId> identified = new HashSet<>();
  }

  /** Immutable once made. Lengths are those in use, the longest first. */
  private static final class Snapshot {
    final Map<AddressRange, Claimants> claimants = new HashMap<>();
    final Set<TenantId> tenants = new HashSet<>();
    int[] lengths4 = {};
    int[] lengths6 = {};
  }

  private volatile Snapshot snapshot = new Snapshot();

  /**
   * Replaces all claims.
   *
   * @return problems, for the log and the status of the tenants named in them: text that is no
   *     address or range (the tenant's other ranges stay), and ranges that two tenants claim to be
   *     identified by
   */
  public List<String> replace(Map<TenantId, Claim> claims) {
    Snapshot next = new Snapshot();
    List<String> problems = new ArrayList<>();
    claims.forEach(
        (tenant, claim) -> {
          if (!claim.ranges().isEmpty()) {
            // Also if none of them can be read: a slip of the pen must not open the door.
            next.tenants.add(tenant);
          }
          for (String text : claim.ranges()) {
            add(next, tenant, claim.identify(), text, problems);
          }
        });
    next.lengths4 = lengths(next, true);
    next.lengths6 = lengths(next, false);
    snapshot = next;
    return List.copyOf(problems);
  }

  private static void add(
      Snapshot next, TenantId tenant, boolean identify, String text, List<String> problems) {
    AddressRange range;
    try {
      range = AddressRange.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(tenant + ": source address " + e.getMessage());
      return;
    }
    Claimants claimants = next.claimants.computeIfAbsent(range, key -> new Claimants());
    claimants.all.add(tenant);
    if (identify && claimants.identified.add(tenant) && claimants.identified.size() > 1) {
      problems.add(
          "source address " + text + " is claimed by several apps, the last of them " + tenant
              + ": it identifies none of them");
    }
  }

  private static int[] lengths(Snapshot next, boolean ipv4) {
    return next.claimants.keySet().stream()
        .filter(range -> range.ipv4() == ipv4)
        .map(AddressRange::length)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Whom the address alone identifies, or null. */
  public @Nullable TenantId owner(InetAddress address) {
    Snapshot now = snapshot;
    AddressRange whole = AddressRange.of(address);
    for (int length : whole.ipv4() ? now.lengths4 : now.lengths6) {
      Claimants claimants = now.claimants.get(whole.cutTo(length));
      if (claimants != null && !claimants.identified.isEmpty()) {
        return claimants.identified.size() == 1 ? claimants.identified.iterator().next() : null;
      }
    }
    return null;
  }

  /** Whether the tenant may use its token from there; null is a peer without an address. */
  public boolean allows(TenantId tenant, @Nullable InetAddress address) {
    Snapshot now = snapshot;
    if (!now.tenants.contains(tenant)) {
      return true;
    }
    if (address == null) {
      return false;
    }
    AddressRange whole = AddressRange.of(address);
    for (int length : whole.ipv4() ? now.lengths4 : now.lengths6) {
      Claimants claimants = now.claimants.get(whole.cutTo(length));
      if (claimants != null && claimants.all.contains(tenant)) {
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
