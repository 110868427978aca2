from extras.conf import extras_settings

if extras_settings.EXTRAS:
    from extras.more.things import Thing
else:
    from extras.more.others import Other
