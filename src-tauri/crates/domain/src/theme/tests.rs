//! Whole rows, from what others wrote to what is hostile.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn resolve(colors: &Value) -> ResolvedTheme {
    let theme = ResolvedTheme::resolve(colors);
    assert_readable(&theme);
    theme
}

fn assert_readable(theme: &ResolvedTheme) {
    for palette in [&theme.light, &theme.dark] {
        assert_eq!(failing_pairs(palette, BODY_CUSTOM), []);
        for (_, color) in palette.iter() {
            let text = color.to_string();
            assert!(text.len() == 7 && text.starts_with('#'), "{text}");
        }
    }
    assert!((0.0..=MAX_RADIUS_REM).contains(&theme.radius_rem));
}

fn reasons(theme: &ResolvedTheme) -> Vec<Reason> {
    theme.notices.iter().map(|notice| notice.reason).collect()
}

fn hex(theme: &Palette, token: Token) -> String {
    theme.get(token).to_string()
}

#[test]
fn empty_rows_are_the_built_in_theme() {
    let built_in = ResolvedTheme::built_in();
    for empty in [
        json!(null),
        json!({}),
        json!([]),
        json!(""),
        json!("{}"),
        json!("null"),
        json!({"light": {}, "dark": null}),
    ] {
        assert_eq!(resolve(&empty), built_in, "{empty}");
    }
}

#[test]
fn a_flat_map_is_the_light_mode() {
    let theme = resolve(&json!({"primary": "#1d4ed8", "secondary": "#e0e7ff"}));
    assert_eq!(hex(&theme.light, Token::Primary), "#1d4ed8");
    assert_eq!(hex(&theme.light, Token::Secondary), "#e0e7ff");
    assert_eq!(theme.dark, ResolvedTheme::built_in().dark);
    assert_eq!(hex(&theme.light, Token::Background), "#ffffff");
}

#[test]
fn the_documented_example_is_shown() {
    // "secondary" is a strong violet there: all text that can stand on it has to be nearly black.
    let theme = resolve(&json!({"primary": "#3b82f6", "secondary": "#8b5cf6"}));
    assert_eq!(reasons(&theme), [Reason::Unreadable; 4]);
    assert_eq!(hex(&theme.light, Token::Secondary), "#8b5cf6");
    assert_eq!(hex(&theme.light, Token::Background), "#ffffff");
    let only_primary = resolve(&json!({"primary": "#3b82f6"}));
    assert_eq!(hex(&only_primary.light, Token::Primary), "#3b82f6");
    assert_eq!(only_primary.adjusted(), 1);
    assert_eq!(only_primary.notices[0].token, Some(Token::PrimaryForeground));
    assert_eq!(only_primary.notices[0].before, Some(Rgb::WHITE));
}

/// A preset as the first panel stores it: 29 keys, HSL triplets, fonts among them.
fn teal() -> Value {
    json!({
        "radius": "0.75rem", "font-sans": "\"Inter\", url(x)", "background": "0 0% 100%", "foreground": "202 33% 15%",
        "muted": "190 20% 96%", "muted-foreground": "200 10% 55%", "popover": "0 0% 100%", "popover-foreground": "202 33% 15%",
        "card": "0 0% 100%", "card-foreground": "202 33% 15%", "border": "195 15% 90%", "input": "195 15% 90%",
        "primary": "188 82% 33%", "primary-foreground": "0 0% 100%", "secondary": "190 25% 94%",
        "secondary-foreground": "202 33% 15%", "accent": "186 35% 92%", "accent-foreground": "202 33% 15%",
        "destructive": "0 72.2% 50.6%", "destructive-foreground": "0 0% 98%", "ring": "188 82% 33%",
        "sidebar-background": "195 30% 97%", "sidebar-foreground": "202 20% 30%", "sidebar-primary": "188 82% 33%",
        "sidebar-primary-foreground": "0 0% 100%", "sidebar-accent": "188 30% 92%", "sidebar-accent-foreground": "202 33% 15%",
        "sidebar-border": "195 15% 88%", "sidebar-ring": "188 82% 33%",
    })
}

#[test]
fn a_preset_of_hsl_triplets_is_read_and_repaired() {
    let theme = resolve(&teal());
    assert_eq!(hex(&theme.light, Token::Primary), "#0f8799");
    assert_eq!(hex(&theme.light, Token::Sidebar), "#f5f8fa");
    assert!((theme.radius_rem - 0.75).abs() < f64::EPSILON);
    let touched: Vec<_> = theme
        .notices
        .iter()
        .map(|notice| (notice.token, notice.reason))
        .collect();
    let adjusted = |token| (Some(token), Reason::Unreadable);
    assert_eq!(
        touched,
        [
            adjusted(Token::MutedForeground),
            adjusted(Token::PrimaryForeground),
            adjusted(Token::SidebarPrimaryForeground),
            adjusted(Token::Input)
        ]
    );
}

#[test]
fn all_wrappings_mean_the_same() {
    let flat = teal();
    let plain = resolve(&flat);
    let pair = json!({"light": flat});
    let text = |value: &Value| Value::String(value.to_string());
    for wrapped in [
        pair.clone(),
        text(&flat),
        text(&text(&flat)),
        text(&pair),
        json!({"light": flat.to_string()}),
        json!({"presetId": "custom", "customPreset": pair}),
        json!({"presetId": "mono", "customPreset": pair.to_string(), "updatedBy": null}),
        json!({"presetId": "custom", "customPreset": {"id": "custom", "label": "x", "description": "y", "light": flat, "dark": {}}}),
    ] {
        assert_eq!(resolve(&wrapped), plain, "{wrapped}");
    }
}

#[test]
fn unknown_presets_are_built_in_with_a_notice() {
    for preset in [
        json!({"presetId": "teal"}),
        json!({"presetId": "mono", "customPreset": null}),
        json!({"presetId": 7}),
    ] {
        let theme = resolve(&preset);
        assert_eq!(theme.light, ResolvedTheme::built_in().light);
        assert_eq!(reasons(&theme), [Reason::UnknownPreset], "{preset}");
    }
    assert_eq!(reasons(&resolve(&json!({"presetId": "default"}))), []);
}

#[test]
fn wrong_types_are_built_in_with_a_notice() {
    for wrong in [
        json!(7),
        json!(true),
        json!("red"),
        json!([1, 2]),
        json!({"colour": "#fff"}),
    ] {
        assert_eq!(reasons(&resolve(&wrong)), [Reason::UnknownShape], "{wrong}");
    }
    let theme = resolve(&json!({"light": 7, "dark": ["#fff"]}));
    assert_eq!(reasons(&theme), [Reason::InvalidMode, Reason::InvalidMode]);
    let theme = resolve(&json!({"primary": 7, "ring": null, "card": {"x": 1}, "muted": ["#fff"]}));
    assert_eq!(reasons(&theme), [Reason::InvalidColor; 4]);
}

#[test]
fn an_invalid_background_takes_the_mode_with_it() {
    let theme = resolve(&json!({"background": "url(https://evil.example)", "primary": "#1d4ed8"}));
    assert_eq!(theme.light, ResolvedTheme::built_in().light);
    assert_eq!(reasons(&theme), [Reason::InvalidBackground]);
}

#[test]
fn more_than_four_unreadable_colours_are_too_many() {
    let mut colors = json!({
        "primary": "#1d4ed8", "primary-foreground": "#1d4ed8",
        "destructive": "#b91c1c", "destructive-foreground": "#b91c1c",
        "sidebar-primary": "#1d4ed8", "sidebar-primary-foreground": "#1d4ed8",
        "sidebar-accent": "#1d4ed8", "sidebar-accent-foreground": "#1d4ed8",
        "input": "#ffffff",
    });
    let four = resolve(&colors);
    assert_eq!(
        four.adjusted(),
        5,
        "four, and the border of fields, which doesn't count"
    );
    assert_eq!(hex(&four.light, Token::Primary), "#1d4ed8");
    colors["ring"] = json!("#ffffff");
    let five = resolve(&colors);
    assert_eq!(reasons(&five), [Reason::TooManyUnreadable]);
    assert_eq!(five.light, ResolvedTheme::built_in().light);
}

#[test]
fn a_mode_whose_surfaces_are_light_and_dark_is_built_in() {
    let theme = resolve(&json!({"background": "#ffffff", "sidebar": "#101010"}));
    assert_eq!(reasons(&theme), [Reason::Unrepairable]);
}

#[test]
fn a_dark_map_in_light_mode_says_that_it_looks_dark() {
    let mut dark = Map::new();
    for (token, color) in ResolvedTheme::built_in().dark.iter() {
        dark.insert(token.to_string(), json!(color.to_string()));
    }
    let theme = resolve(&Value::Object(dark));
    assert_eq!(theme.light_appearance, Mode::Dark);
    assert_eq!(theme.adjusted(), 0);
}

#[test]
fn unknown_keys_fonts_links_and_status_colours_are_ignored() {
    let theme = resolve(&json!({
        "primary": "#1d4ed8", "link": "#ffffff", "success-fg": "#ffffff", "font-sans": "url(x)", "radius": "9rem",
        "--primary": "#000", "primary; } body { x: y": "#000", "__proto__": "#000", "light-ish": {},
    }));
    assert_eq!(reasons(&theme), []);
    assert_eq!(hex(&theme.light, Token::Link), "#1d4ed8");
    assert!((theme.radius_rem - BUILT_IN_RADIUS_REM).abs() < f64::EPSILON);
    for radius in [
        "-1rem",
        "0.76rem",
        "12px",
        "NaNrem",
        "1e-1rem",
        "rem",
        "calc(1rem)",
        "0.5rem;}",
    ] {
        let theme = resolve(&json!({"radius": radius}));
        assert!(
            (theme.radius_rem - BUILT_IN_RADIUS_REM).abs() < f64::EPSILON,
            "{radius}"
        );
    }
}

#[test]
fn nothing_of_the_row_reaches_the_wire() {
    let marker = "evil-marker";
    let theme = resolve(&json!({
        "light": {"background": "#fff", "primary": format!("var(--{marker})"), marker: marker, "ring": format!("#fff;{marker}")},
        "dark": {"background": marker, "radius": marker},
        "presetId": marker, "customPreset": null, "label": marker,
    }));
    let wire = serde_json::to_string(&theme).unwrap();
    assert!(!wire.contains(marker), "{wire}");
    let theme = resolve(&json!({"light": {"primary": format!("</style>{marker}")}}));
    let wire = serde_json::to_string(&theme).unwrap();
    assert!(!wire.contains(marker) && wire.contains("invalid_color"), "{wire}");
}

#[test]
fn huge_rows_are_answered() {
    let mut map = Map::new();
    for index in 0..100_000 {
        map.insert(format!("token-{index}"), json!("#ffffff"));
    }
    map.insert("primary".to_owned(), json!("x".repeat(5_000_000)));
    let theme = resolve(&Value::Object(map));
    assert_eq!(reasons(&theme), [Reason::InvalidColor]);
    assert_eq!(reasons(&resolve(&json!("[".repeat(100_000)))), [Reason::UnknownShape]);
    assert_eq!(
        reasons(&resolve(&json!(format!("\"{}\"", "x".repeat(1_000_000))))),
        [Reason::UnknownShape]
    );
}

#[test]
fn the_wire_has_a_map_per_mode_and_sentences() {
    let wire = serde_json::to_value(resolve(&json!({"primary": "#3b82f6"}))).unwrap();
    assert_eq!(wire["light"]["primary"], "#3b82f6");
    assert_eq!(wire["light"].as_object().unwrap().len(), Token::ALL.len());
    assert_eq!(wire["dark_appearance"], "dark");
    let notice = &wire["notices"][0];
    assert_eq!(notice["token"], "primary-foreground");
    assert_eq!(notice["mode"], "light");
    assert_eq!(notice["reason"], "unreadable");
    assert_eq!(notice["message"], "Adjusted for readability.");
}

fn any_color_text() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "#[0-9a-f]{6}".prop_map(Value::from),
        2 => (0..=360_u32, 0..=100_u32, 0..=100_u32).prop_map(|(h, s, l)| Value::from(format!("{h} {s}% {l}%"))),
        1 => (0..=100_u32, 0..=40_u32, 0..=360_u32).prop_map(|(l, c, h)| Value::from(format!("oklch({l}% 0.{c:02} {h})"))),
        1 => "\\PC{0,20}".prop_map(Value::from),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_color_text(),
    ];
    let key = prop_oneof![
        3 => proptest::sample::select(Token::ALL).prop_map(|token| token.as_str().to_owned()),
        2 => proptest::sample::select(vec!["light", "dark", "presetId", "customPreset", "radius"]).prop_map(str::to_owned),
        1 => "\\PC{0,8}".prop_map(String::from),
    ];
    leaf.prop_recursive(4, 64, 12, move |inner| {
        prop_oneof![
            3 => proptest::collection::btree_map(key.clone(), inner.clone(), 0..12)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_json_gives_a_readable_theme(colors in any_json()) {
        assert_readable(&ResolvedTheme::resolve(&colors));
    }

    #[test]
    fn any_set_of_colours_gives_a_readable_theme(
        colors in proptest::collection::btree_map(proptest::sample::select(Token::ALL), any_color_text(), 0..20),
    ) {
        let map: Map<String, Value> = colors.into_iter().map(|(token, value)| (token.to_string(), value)).collect();
        assert_readable(&ResolvedTheme::resolve(&Value::Object(map.clone())));
        assert_readable(&ResolvedTheme::resolve(&json!({"light": map, "dark": map})));
    }

    #[test]
    fn gentle_themes_are_kept(hue in 0..=360_u32, tint in 95..=100_u32) {
        let theme = ResolvedTheme::resolve(&json!({
            "background": format!("{hue} 20% {tint}%"), "primary": format!("{hue} 70% 40%"), "ring": format!("{hue} 70% 50%"),
        }));
        assert_readable(&theme);
        prop_assert!(theme.light != ResolvedTheme::built_in().light);
    }

    #[test]
    fn resolving_our_own_output_changes_nothing(colors in any_json()) {
        let once = ResolvedTheme::resolve(&colors);
        let map = |palette: &Palette| {
            palette.iter().map(|(token, color)| (token.to_string(), json!(color.to_string()))).collect::<Map<_, _>>()
        };
        let again = ResolvedTheme::resolve(&json!({"light": map(&once.light), "dark": map(&once.dark)}));
        for token in Token::ALL.iter().filter(|token| token.is_themeable()) {
            prop_assert_eq!(again.light.get(*token), once.light.get(*token));
            prop_assert_eq!(again.dark.get(*token), once.dark.get(*token));
        }
        prop_assert_eq!(again.notices, vec![]);
    }
}
