"""What every door needs: portals, the person of this request, the guard, limits, cursors and security headers."""
