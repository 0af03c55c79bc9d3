"""Starting a subscription together with the coupons that come with it."""
